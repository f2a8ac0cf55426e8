// Where bytes can come from, as the reader sees it.
import type { FilePieces } from './pieces.ts'

/** The torrent's swarm as far as this tab is in it. */
export interface SwarmSource {
  readonly pieces: FilePieces
  has(piece: number): boolean
  read(piece: number, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** Pieces that are wanted now, the first one first. */
  focus(first: number, last: number): void
  /** Resolves when the piece is verified, or when the signal is aborted. */
  arrival(piece: number, signal: AbortSignal): Promise<void>
  /** Whether somebody who is connected would give the piece. */
  offered(piece: number): boolean
  /** Takes a piece that came another way, when its hash is right; others can have it then. */
  keep(piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
}

/** The gateway's HTTP. */
export interface HttpSource {
  /** The bytes from first to last, in whatever chunks they come. Throws when they do not. */
  read(first: number, last: number, signal: AbortSignal): AsyncIterable<Uint8Array<ArrayBuffer>>
}

/** How long the reader may wait for peers. */
export interface Patience {
  /** Milliseconds until the next bytes must be there, so that the picture goes on. */
  deadlineMs(): number
  /** Whether peers may connect any moment, so that waiting makes sense though nobody offers the piece. */
  expecting(): boolean
  /** False where HTTP is not to be used. */
  readonly http: boolean
}
