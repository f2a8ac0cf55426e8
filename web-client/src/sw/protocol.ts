// What the service worker and the page that plays say to each other: one port for each request of a media element.

/** From the worker, with the port. */
export interface RangeAsked {
  readonly sluice: 'range'
  /** The URL that the media element asked for. */
  readonly url: string
  /** First byte; the last one, or null for all that follow. */
  readonly first: number
  readonly last: number | null
}

/** From the page: it serves this file, whose length it knows; or the network is to do it. */
export type RangeAnswer =
  | {
      readonly serve: true
      readonly first: number
      readonly last: number
      readonly length: number
      readonly type: string
    }
  | { readonly serve: false }

/** From the worker: the next bytes, or no more of them. */
export type Pull = 'pull' | 'cancel'

/** From the page: bytes, the end, or that they cannot be had. */
export type Chunk = Uint8Array<ArrayBuffer> | 'end' | 'broken'
