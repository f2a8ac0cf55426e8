// This tab as the first seeder of files of its own.
import WebTorrent, { type Torrent } from 'webtorrent/dist/webtorrent.min.js'
import { FileStore } from './file-store.ts'

export class Seed {
  private constructor(
    private readonly client: WebTorrent,
    private readonly torrent: Torrent
  ) {}

  get infohash(): string {
    return this.torrent.infoHash
  }

  get magnet(): string {
    return this.torrent.magnetURI
  }

  /** Hashes the files, and announces them to the gateway's tracker alone. */
  static of(files: readonly File[], tracker: URL): Promise<Seed> {
    return new Promise((resolve, reject) => {
      const client = new WebTorrent({
        dht: false,
        lsd: false,
        utPex: false,
        webSeeds: false,
        maxConns: 16,
        tracker: { rtcConfig: { iceServers: [] } }
      })
      client.on('error', reason => {
        client.destroy()
        reject(reason instanceof Error ? reason : new Error(reason))
      })
      // without a list of its own the torrent would name public trackers
      const announceList = [[String(tracker)]]
      const torrent = client.seed(
        files.length === 1 && files[0] ? files[0] : files,
        // its own store would write everything to the browser's disk once more, and read it from there slowly
        { announceList, createdBy: 'Sluice', store: FileStore, storeOpts: { dropped: files } },
        seeding => resolve(new Seed(client, seeding))
      )
      torrent.on('warning', () => {})
    })
  }

  /** Announces anew: the gateway's tracker refused the torrent as long as the gateway did not know it. */
  announce(): void {
    this.torrent.discovery?.tracker?.start()
  }

  close(): void {
    this.client.destroy()
  }
}
