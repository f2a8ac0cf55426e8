// Reads a range of a file from verified pieces where there are some, and over HTTP, piece by piece, where peers would be too late.
import type { HttpSource, Patience, SwarmSource } from './sources.ts'

/** What one HTTP request asks for at most, so that peers can take over soon. */
const RUN_BYTES = 2 << 20
/** How far ahead of the reader peers are asked for pieces. */
const WINDOW_BYTES = 24 << 20
const CHUNK_BYTES = 512 << 10
const EXPECTING_MS = 100
const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 4000

export interface ReaderParts {
  readonly http: HttpSource
  /** The swarm as it is now; it may come while the range is read, and go. */
  swarm(): SwarmSource | null
  readonly patience: Patience
  /** Told when HTTP fails, and when it works again. */
  httpFails(failing: boolean): void
}

type Bytes = Uint8Array<ArrayBuffer>

/** The bytes from first to last. Ends early only when the signal is aborted. */
export async function* readRange(
  parts: ReaderParts,
  first: number,
  last: number,
  signal: AbortSignal
): AsyncGenerator<Bytes> {
  let position = first
  let retryMs = FIRST_RETRY_MS
  let focused = -1
  while (position <= last && !signal.aborted) {
    const swarm = parts.swarm()
    const piece = swarm?.pieces.at(position) ?? 0
    if (swarm && piece !== focused) {
      focused = piece
      swarm.focus(piece, swarm.pieces.at(Math.min(swarm.pieces.length - 1, position + WINDOW_BYTES)))
    }
    if (swarm?.has(piece)) {
      const length = Math.min(CHUNK_BYTES, Math.min(last, swarm.pieces.endOf(piece)) - position + 1)
      yield await swarm.read(piece, swarm.pieces.within(position), length)
      position += length
      continue
    }
    const waitMs = parts.patience.deadlineMs()
    if (waitMs > 0 && swarm?.offered(piece)) {
      if (await comes(swarm, piece, waitMs, signal)) continue
    } else if (!parts.patience.http || (waitMs > 0 && parts.patience.expecting())) {
      await pause(EXPECTING_MS, signal)
      continue
    }
    if (!parts.patience.http) continue
    try {
      for await (const chunk of overHttp(parts, swarm, position, last, signal)) {
        retryMs = FIRST_RETRY_MS
        parts.httpFails(false)
        // whoever takes a chunk may give its memory away
        position += chunk.length
        yield chunk
      }
    } catch {
      if (signal.aborted) return
      parts.httpFails(true)
      const missing = parts.swarm()
      await Promise.race([
        pause(retryMs, signal),
        missing?.arrival(missing.pieces.at(position), signal) ?? never
      ])
      retryMs = Math.min(MAX_RETRY_MS, retryMs * 2)
    }
  }
}

const never = new Promise<void>(() => {})

/** Waits for the piece as long as the picture allows; whether it came. */
async function comes(
  swarm: SwarmSource,
  piece: number,
  waitMs: number,
  signal: AbortSignal
): Promise<boolean> {
  const limit = new AbortController()
  const stop = (): void => limit.abort()
  signal.addEventListener('abort', stop)
  const timer = setTimeout(stop, waitMs)
  await swarm.arrival(piece, limit.signal)
  clearTimeout(timer)
  signal.removeEventListener('abort', stop)
  return swarm.has(piece)
}

/** One request: to the end of the piece, and on while the next piece is not here. Whole pieces are kept for others. */
async function* overHttp(
  parts: ReaderParts,
  swarm: SwarmSource | null,
  position: number,
  last: number,
  signal: AbortSignal
): AsyncGenerator<Bytes> {
  if (!swarm) {
    yield* parts.http.read(position, Math.min(last, position + RUN_BYTES - 1), signal)
    return
  }
  const { pieces } = swarm
  let end = pieces.endOf(pieces.at(position))
  while (end < last && end - position + 1 < RUN_BYTES && !swarm.has(pieces.at(end + 1)))
    end = pieces.endOf(pieces.at(end + 1))
  const gatherer = new Gatherer(swarm)
  for await (const chunk of parts.http.read(position, end, signal)) {
    gatherer.add(position, chunk)
    position += chunk.length
    // what lies past the range that was asked for completes the piece, and goes no further
    const wanted = Math.min(chunk.length, last - (position - chunk.length) + 1)
    if (wanted > 0) yield wanted === chunk.length ? chunk : chunk.slice(0, wanted)
  }
}

/** Puts chunks together to whole pieces. */
class Gatherer {
  private piece = -1
  private buffer: Bytes | null = null
  private filled = 0

  constructor(private readonly swarm: SwarmSource) {}

  add(position: number, chunk: Bytes): void {
    const { pieces } = this.swarm
    let done = 0
    while (done < chunk.length) {
      const at = position + done
      const piece = pieces.at(at)
      const count = Math.min(chunk.length - done, pieces.endOf(piece) - at + 1)
      if (pieces.within(at) === 0 && pieces.holdsWhole(piece)) {
        this.piece = piece
        this.buffer = new Uint8Array(pieces.bytesOf(piece))
        this.filled = 0
      }
      if (this.buffer && this.piece === piece) {
        this.buffer.set(chunk.subarray(done, done + count), this.filled)
        this.filled += count
        if (this.filled === this.buffer.length) {
          void this.swarm.keep(piece, this.buffer)
          this.buffer = null
        }
      }
      done += count
    }
  }
}

/** A pause that ends at once when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
