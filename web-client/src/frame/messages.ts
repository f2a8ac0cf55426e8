// What a frame and the page around it say to each other. Both sides check who speaks before they look at what is said, and take nothing
// that is not one of these.

/** What this session's bytes came from, and who it is connected to. */
export interface Stats {
  /** Bytes over HTTP, from the gateway. */
  readonly http: number
  /** Bytes over WebRTC, from the gateway. */
  readonly gateway: number
  /** Bytes over WebRTC, from other viewers and seeders. */
  readonly peers: number
  /** Other viewers and seeders that are connected. */
  readonly connections: number
  /** Bytes that others got from this viewer. */
  readonly uploaded: number
  /** Part of the bytes that the gateway did not have to send, 0 to 1. */
  readonly offload: number
}

export type PhaseName =
  | 'metadata' // the list of files is not known yet
  | 'peers' // nobody who has the file is connected
  | 'first-piece' // the first bytes are on their way
  | 'playing'
  | 'waiting' // playback stands still for want of bytes
  | 'paused'
  | 'ended'
  | 'error' // it cannot be played

export interface Phase {
  readonly phase: PhaseName
  /** For people, in a sentence. */
  readonly text: string
}

/** The properties of HTMLMediaElement that are told of; those below can be set. */
export interface MediaState {
  readonly currentTime: number
  /** null while it is not known. */
  readonly duration: number | null
  readonly paused: boolean
  readonly ended: boolean
  readonly seeking: boolean
  readonly muted: boolean
  readonly loop: boolean
  readonly volume: number
  readonly playbackRate: number
  readonly readyState: number
  readonly networkState: number
  readonly videoWidth: number
  readonly videoHeight: number
  /** Start and end of each range, in seconds. */
  readonly buffered: readonly (readonly [number, number])[]
}

export const SETTABLE = ['currentTime', 'muted', 'loop', 'volume', 'playbackRate'] as const
export type Settable = (typeof SETTABLE)[number]

export const MEDIA_EVENTS = [
  'play',
  'playing',
  'pause',
  'waiting',
  'stalled',
  'seeking',
  'seeked',
  'ended',
  'timeupdate',
  'durationchange',
  'loadstart',
  'loadedmetadata',
  'loadeddata',
  'canplay',
  'canplaythrough',
  'progress',
  'volumechange',
  'ratechange',
  'emptied',
  'error'
] as const
export type MediaEvent = (typeof MEDIA_EVENTS)[number]

export type ToFrame =
  | { readonly sluice: 'hello' }
  | { readonly sluice: 'play'; readonly call: number }
  | { readonly sluice: 'pause' }
  | { readonly sluice: 'load' }
  | { readonly sluice: 'set'; readonly name: Settable; readonly value: number | boolean }

export type FromFrame =
  | { readonly sluice: 'event'; readonly event: MediaEvent; readonly state: MediaState }
  | { readonly sluice: 'played'; readonly call: number; readonly refusal: string | null }
  | { readonly sluice: 'stats'; readonly stats: Stats }
  | { readonly sluice: 'phase'; readonly phase: Phase }

const record = (value: unknown): Record<string, unknown> | null =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null

const isOneOf = <T extends string>(all: readonly T[], value: unknown): value is T =>
  (all as readonly unknown[]).includes(value)

/** The message, when it is one for a frame. */
export function toFrame(data: unknown): ToFrame | null {
  const message = record(data)
  switch (message?.['sluice']) {
    case 'hello':
    case 'pause':
    case 'load':
      return { sluice: message['sluice'] }
    case 'play':
      return typeof message['call'] === 'number' ? { sluice: 'play', call: message['call'] } : null
    case 'set': {
      const { name, value } = message
      if (!isOneOf(SETTABLE, name)) return null
      const boolean = name === 'muted' || name === 'loop'
      if (boolean ? typeof value !== 'boolean' : !Number.isFinite(value)) return null
      return { sluice: 'set', name, value: value as number | boolean }
    }
    default:
      return null
  }
}

/** The message, when it is one from a frame. */
export function fromFrame(data: unknown): FromFrame | null {
  const message = record(data)
  switch (message?.['sluice']) {
    case 'event':
      return isOneOf(MEDIA_EVENTS, message['event']) && record(message['state'])
        ? { sluice: 'event', event: message['event'], state: message['state'] as MediaState }
        : null
    case 'played':
      return typeof message['call'] === 'number'
        ? {
            sluice: 'played',
            call: message['call'],
            refusal: typeof message['refusal'] === 'string' ? message['refusal'] : null
          }
        : null
    case 'stats':
      return record(message['stats']) ? { sluice: 'stats', stats: message['stats'] as Stats } : null
    case 'phase':
      return record(message['phase']) ? { sluice: 'phase', phase: message['phase'] as Phase } : null
    default:
      return null
  }
}

export function mediaState(media: HTMLMediaElement): MediaState {
  const buffered: [number, number][] = []
  for (let i = 0; i < media.buffered.length; i++)
    buffered.push([media.buffered.start(i), media.buffered.end(i)])
  return {
    currentTime: media.currentTime,
    duration: Number.isFinite(media.duration) ? media.duration : null,
    paused: media.paused,
    ended: media.ended,
    seeking: media.seeking,
    muted: media.muted,
    loop: media.loop,
    volume: media.volume,
    playbackRate: media.playbackRate,
    readyState: media.readyState,
    networkState: media.networkState,
    videoWidth: media instanceof HTMLVideoElement ? media.videoWidth : 0,
    videoHeight: media instanceof HTMLVideoElement ? media.videoHeight : 0,
    buffered
  }
}
