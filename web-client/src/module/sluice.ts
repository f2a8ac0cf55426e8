// The module for sites with their own player: import { attach } from 'https://gateway/sluice.js'
import { playerOptions, type PlayerOptions } from '../frame/options.ts'
import { Playback, type PlayedFile } from '../play/playback.ts'
import { offerSubtitles } from '../play/subtitles.ts'
import { escapePath, parseSource } from '../shared/source.ts'
import type { Stats } from '../frame/messages.ts'

export interface AttachOptions extends Partial<PlayerOptions> {
  readonly src: string
  /** The gateway; the one that this module came from when it is left out. */
  readonly gateway?: string
  /** The site's own copy of the gateway's sw.js, as a path on the site; without it everything comes over HTTP. */
  readonly serviceWorker?: string | null
}

export interface Attached {
  readonly stats: Stats
  /** Bytes a second that others may get; 0 is nothing. */
  limitUpload(bytesPerSecond: number): void
  /** Stops everything and takes the source from the video. */
  close(): void
}

/** Lets a video of this page play a file of a torrent; `sluice:stats` and `sluice:phase` are dispatched on it. */
export function attach(video: HTMLVideoElement, given: AttachOptions): Attached {
  const options: PlayerOptions = { ...playerOptions(() => null), ...given }
  const source = parseSource(options.src)
  if (!source || source.kind === 'url') {
    throw new TypeError('src is neither a magnet link nor an infohash')
  }
  const gateway = new URL(given.gateway ?? '.', import.meta.url)
  const url = String(
    new URL(`stream/${source.infohash}${options.path ? `/${escapePath(options.path)}` : ''}`, gateway)
  )
  if (options.poster) video.poster = options.poster
  // a site that says nothing of them keeps its own
  if (options.muted) video.muted = true
  if (options.loop) video.loop = true
  const ended = new AbortController()
  const playback = new Playback({
    media: video,
    gateway,
    infohash: source.infohash,
    url,
    file: describe(url, ended.signal),
    p2p: options.p2p,
    worker: workerOf(gateway, given.serviceWorker),
    start: options.start,
    autoplay: options.autoplay || video.autoplay
  })
  const base = options.path?.includes('/') ? options.path.slice(0, options.path.lastIndexOf('/') + 1) : ''
  const freeSubtitles =
    options.subtitles && options.subtitles !== 'none'
      ? offerSubtitles(video, [
          {
            path: options.subtitles,
            url: String(
              new URL(
                `stream/${source.infohash}/${escapePath(options.subtitles.includes('/') ? options.subtitles : base + options.subtitles)}`,
                gateway
              )
            )
          }
        ])
      : () => {}
  void playback.start()
  return {
    get stats() {
      return playback.stats
    },
    limitUpload: bytes => playback.limitUpload(bytes),
    close() {
      ended.abort()
      freeSubtitles()
      playback.close()
    }
  }
}

function workerOf(gateway: URL, script: string | null | undefined): URL | null {
  if (script) return new URL(script, document.baseURI)
  return gateway.origin === location.origin ? new URL('sw.js', gateway) : null
}

const RETRY_MS = 2_000

/** What the gateway's own answer says of the file; the API is not for pages of other origins. */
async function describe(url: string, signal: AbortSignal): Promise<PlayedFile | null> {
  for (;;) {
    const response = await fetch(url, { method: 'HEAD', signal }).catch(() => null)
    signal.throwIfAborted()
    const length = Number(response?.headers.get('content-length'))
    if (response?.ok && length) {
      // a URL that named no file was sent on to one
      const [, path = ''] = /\/stream\/[^/]+\/(.*)$/.exec(new URL(response.url).pathname) ?? []
      const type = response.headers.get('content-type') ?? 'video/mp4'
      return { file: decodeURIComponent(path), length, type, isPrivate: false }
    }
    if (response && response.status < 500) return null
    await new Promise(resolve => setTimeout(resolve, RETRY_MS))
  }
}
