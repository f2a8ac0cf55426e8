// The parts of webtorrent 3.0.21 that are used here, its internals included: the version is pinned, and the tests notice when they move.
declare module 'webtorrent/dist/webtorrent.min.js' {
  export interface PeerPieces {
    get(piece: number): boolean
  }

  export interface Wire {
    readonly peerId: string
    readonly type: string
    readonly destroyed: boolean
    readonly peerChoking: boolean
    peerPieces: PeerPieces
    on(event: 'download' | 'upload', listener: (bytes: number) => void): this
    on(event: 'close', listener: () => void): this
    have(piece: number): void
    destroy(): void
  }

  export interface TorrentEvents {
    wire: (wire: Wire) => void
    verified: (piece: number) => void
    infoHash: () => void
    ready: () => void
    warning: (reason: Error | string) => void
    error: (reason: Error | string) => void
    trackerAnnounce: () => void
  }

  export interface Torrent {
    readonly infoHash: string
    announce: string[]
    readonly magnetURI: string
    readonly torrentFile: Uint8Array<ArrayBuffer>
    readonly pieceLength: number
    readonly length: number
    readonly name: string
    readonly ready: boolean
    readonly destroyed: boolean
    readonly bitfield: PeerPieces
    readonly wires: readonly Wire[]
    readonly files: readonly { readonly path: string; readonly length: number; readonly offset: number }[]
    /** null where the piece is here. */
    readonly pieces: readonly ({ readonly missing: number } | null)[]
    readonly _hashes: readonly string[]
    readonly store: {
      get(
        piece: number,
        range: { offset: number; length: number },
        done: (failure: Error | null, bytes: Uint8Array<ArrayBuffer>) => void
      ): void
      put(piece: number, bytes: Uint8Array<ArrayBuffer>, done: (failure: Error | null) => void): void
    }
    readonly discovery: { readonly tracker: { start(): void } | null } | null
    _markVerified(piece: number): void
    _checkDone(): boolean
    select(first: number, last: number, priority: number): void
    deselect(first: number, last: number): void
    critical(first: number, last: number): void
    on<E extends keyof TorrentEvents>(event: E, listener: TorrentEvents[E]): this
    once<E extends keyof TorrentEvents>(event: E, listener: TorrentEvents[E]): this
    removeListener<E extends keyof TorrentEvents>(event: E, listener: TorrentEvents[E]): this
  }

  export default class WebTorrent {
    constructor(options: Readonly<Record<string, unknown>>)
    add(torrent: Uint8Array<ArrayBuffer>, options: Readonly<Record<string, unknown>>): Torrent
    seed(
      files: File | readonly File[],
      options: Readonly<Record<string, unknown>>,
      seeding: (torrent: Torrent) => void
    ): Torrent
    throttleUpload(bytesPerSecond: number): void
    on(event: 'error', listener: (reason: Error | string) => void): this
    destroy(done?: () => void): void
  }
}
