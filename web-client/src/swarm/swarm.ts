// This tab as a peer: webtorrent, told by the reader which pieces are wanted. Loaded only when it is used.
import WebTorrent, { type Torrent, type Wire } from 'webtorrent/dist/webtorrent.min.js'
import { FilePieces } from '../play/pieces.ts'
import type { SwarmSource } from '../play/sources.ts'
import { BlobStore } from './blob-store.ts'
import { askLast, isGateway } from './gateway-last.ts'

/** WebRTC connections of one tab. */
const MAX_CONNECTIONS = 8
/** How far ahead of the reader the gateway is asked for pieces. */
const NEAR_BYTES = 8 << 20
/** What a tab holds for itself and others; beyond, it fetches nothing more from peers. */
const MAX_HELD_BYTES = 1.5 * 1024 ** 3

export interface SwarmFigures {
  readonly gateway: number
  readonly peers: number
  readonly connections: number
  readonly gatewayConnected: boolean
  readonly uploaded: number
}

export interface JoinOptions {
  readonly torrentFile: Uint8Array<ArrayBuffer>
  /** The file that is played: its number in the torrent, or its path there. */
  readonly file: number | string
  /** The gateway's tracker. */
  readonly tracker: string
  readonly uploadLimit: number
}

export class Swarm implements SwarmSource {
  private readonly counts = { gateway: 0, peers: 0, uploaded: 0 }
  private readonly urgent = new Map<number, number>()
  private window: readonly [number, number] | null = null
  private held = 0

  private constructor(
    private readonly client: WebTorrent,
    private readonly torrent: Torrent,
    readonly pieces: FilePieces
  ) {
    torrent.on('wire', wire => this.meet(wire))
    for (const wire of torrent.wires) this.meet(wire)
    torrent.on('verified', piece => {
      this.held += this.pieces.bytesOf(piece)
    })
  }

  /** Joins, and resolves when pieces can be asked for. */
  static join(options: JoinOptions): Promise<Swarm> {
    return new Promise((resolve, reject) => {
      const client = new WebTorrent({
        maxConns: MAX_CONNECTIONS,
        dht: false,
        lsd: false,
        utPex: false,
        webSeeds: false,
        // the gateway and its viewers can be reached directly, or not at all: no third party is asked
        tracker: { rtcConfig: { iceServers: [] } }
      })
      client.throttleUpload(options.uploadLimit)
      client.on('error', reason => {
        client.destroy()
        reject(reason instanceof Error ? reason : new Error(reason))
      })
      const torrent = client.add(options.torrentFile, {
        deselect: true,
        store: BlobStore,
        storeCacheSlots: 0
      })
      // the torrent's own trackers are for the gateway: a tab speaks to nobody else
      torrent.once('infoHash', () => {
        torrent.announce = [options.tracker]
      })
      torrent.on('warning', () => {}) // a tracker that does not answer; it is asked again
      torrent.once('ready', () => {
        const file = torrent.files.find((one, index) => index === options.file || one.path === options.file)
        if (!file) {
          client.destroy()
          return reject(new Error('the torrent has no such file'))
        }
        resolve(
          new Swarm(
            client,
            torrent,
            new FilePieces(torrent.pieceLength, file.offset, file.length, torrent.length)
          )
        )
      })
    })
  }

  private meet(wire: Wire): void {
    const gateway = isGateway(wire)
    if (gateway) {
      askLast(this.torrent, wire, {
        urgent: piece => this.urgent.has(piece),
        near: piece => this.window !== null && piece - this.window[0] <= NEAR_BYTES / this.pieces.pieceBytes
      })
    }
    wire.on('download', bytes => {
      this.counts[gateway ? 'gateway' : 'peers'] += bytes
    })
    wire.on('upload', bytes => {
      this.counts.uploaded += bytes
    })
  }

  get figures(): SwarmFigures {
    const live = this.torrent.wires.filter(wire => !wire.destroyed)
    return {
      ...this.counts,
      connections: live.filter(wire => !isGateway(wire)).length,
      gatewayConnected: live.some(isGateway)
    }
  }

  has(piece: number): boolean {
    return !this.torrent.destroyed && this.torrent.bitfield.get(piece)
  }

  read(piece: number, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve, reject) =>
      // a copy: what is read may be the store's own memory, and it is given away
      this.torrent.store.get(piece, { offset, length }, (failure, bytes) =>
        failure ? reject(failure) : resolve(bytes.slice())
      )
    )
  }

  focus(first: number, last: number): void {
    if (this.torrent.destroyed || this.held > MAX_HELD_BYTES) return
    if (this.window) this.torrent.deselect(...this.window)
    this.window = [first, last]
    this.torrent.select(first, last, 1)
  }

  offered(piece: number): boolean {
    return this.torrent.wires.some(wire => !wire.destroyed && !wire.peerChoking && wire.peerPieces.get(piece))
  }

  arrival(piece: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        this.torrent.removeListener('verified', heard)
        signal.removeEventListener('abort', done)
        const waiting = (this.urgent.get(piece) ?? 1) - 1
        if (waiting) this.urgent.set(piece, waiting)
        else this.urgent.delete(piece)
        resolve()
      }
      const heard = (verified: number): void => {
        if (verified === piece) done()
      }
      this.urgent.set(piece, (this.urgent.get(piece) ?? 0) + 1)
      this.torrent.on('verified', heard)
      signal.addEventListener('abort', done)
      if (signal.aborted || this.has(piece)) done()
      else this.torrent.critical(piece, piece)
    })
  }

  async keep(piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.has(piece) || this.held > MAX_HELD_BYTES) return
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))
    const hex = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
    if (hex !== this.torrent._hashes[piece] || this.has(piece)) return
    this.torrent.store.put(piece, bytes, failure => {
      if (failure || this.has(piece)) return
      this.torrent._markVerified(piece)
      for (const wire of this.torrent.wires) wire.have(piece)
      this.torrent._checkDone()
    })
  }

  limitUpload(bytesPerSecond: number): void {
    this.client.throttleUpload(bytesPerSecond)
  }

  close(): void {
    this.client.destroy()
  }
}
