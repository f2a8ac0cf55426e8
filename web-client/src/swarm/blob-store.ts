// Pieces as Blobs: the browser keeps them in memory or on disk as it sees fit, needs no permission for it, and forgets them with the tab.

type Done = (failure: Error | null, bytes?: Uint8Array<ArrayBuffer>) => void

/** The abstract-chunk-store interface that webtorrent asks for. */
export class BlobStore {
  private readonly blobs = new Map<number, Blob>()

  constructor(readonly chunkLength: number) {}

  put(index: number, bytes: Uint8Array<ArrayBuffer>, done: Done = () => {}): void {
    this.blobs.set(index, new Blob([bytes]))
    queueMicrotask(() => done(null))
  }

  get(index: number, range: { offset?: number; length?: number } | Done | null, done: Done = () => {}): void {
    if (typeof range === 'function') return this.get(index, null, range)
    const blob = this.blobs.get(index)
    if (!blob) return queueMicrotask(() => done(new Error('the piece is not here')))
    const offset = range?.offset ?? 0
    const part = blob.slice(offset, range?.length === undefined ? blob.size : offset + range.length)
    part.arrayBuffer().then(
      buffer => done(null, new Uint8Array(buffer)),
      (failure: unknown) => done(failure instanceof Error ? failure : new Error(String(failure)))
    )
  }

  close(done: Done = () => {}): void {
    this.blobs.clear()
    queueMicrotask(() => done(null))
  }

  destroy(done: Done = () => {}): void {
    this.close(done)
  }
}
