// The pieces of files that the user shares: read where they lie when a peer asks, and copied nowhere.

type Done = (failure: Error | null, bytes?: Uint8Array<ArrayBuffer>) => void

/** A file of the torrent, in the torrent's order. */
interface Placed {
  readonly name: string
  readonly length: number
}

interface Options {
  readonly files: readonly Placed[]
  readonly dropped: readonly File[]
}

/** The abstract-chunk-store interface that webtorrent asks for. */
export class FileStore {
  // of files a Blob holds no bytes, only where they are
  private readonly whole: Blob

  /** @throws Error when the torrent is not of these files */
  constructor(
    readonly chunkLength: number,
    { files, dropped }: Options
  ) {
    this.whole = new Blob(files.map(placed => found(placed, dropped)))
  }

  /** What webtorrent has hashed is in the files. */
  put(_index: number, _bytes: Uint8Array<ArrayBuffer>, done: Done = () => {}): void {
    queueMicrotask(() => done(null))
  }

  get(index: number, range: { offset?: number; length?: number } | Done | null, done: Done = () => {}): void {
    if (typeof range === 'function') return this.get(index, null, range)
    const end = Math.min((index + 1) * this.chunkLength, this.whole.size)
    const from = index * this.chunkLength + (range?.offset ?? 0)
    const part = this.whole.slice(from, range?.length === undefined ? end : from + range.length)
    part.arrayBuffer().then(
      buffer => done(null, new Uint8Array(buffer)),
      // it was moved or changed since
      (failure: unknown) => done(failure instanceof Error ? failure : new Error(String(failure)))
    )
  }

  close(done: Done = () => {}): void {
    queueMicrotask(() => done(null))
  }

  destroy(done: Done = () => {}): void {
    this.close(done)
  }
}

function found(placed: Placed, dropped: readonly File[]): File {
  const file = dropped.find(each => each.name === placed.name && each.size === placed.length)
  if (!file) throw new Error(`${placed.name} is not among the files`)
  return file
}
