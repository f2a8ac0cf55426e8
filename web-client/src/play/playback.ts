// Plays one file in one media element: over HTTP at once, with the swarm beside it as soon as it is there.
import type { Phase, PhaseName, Stats } from '../frame/messages.ts'
import { uploadLimit } from '../shared/preferences.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { alone, sharing, type P2pMode, type Sharing } from './capabilities.ts'
import { httpSource } from './http-source.ts'
import { readRange } from './reader.ts'
import { Trouble } from './trouble.ts'
import { control, serve } from './worker.ts'

/** How long a first visit waits for its service worker; pieces from peers pass through it. */
const WORKER_WAIT_MS = 500
/** After the start peers are given so long to connect, as far as what is buffered lasts. */
const EXPECT_PEERS_MS = 8_000
/** Seconds of picture that are never risked for want of HTTP, and the longest wait for one piece. */
const SAFE_SECONDS = 4
const MAX_WAIT_MS = 8_000
const STATS_MS = 1_000

export interface PlaybackOptions {
  readonly media: HTMLVideoElement
  /** The gateway, with a slash at the end. */
  readonly gateway: URL
  readonly infohash: string
  /** The file: its number in the torrent, or its path there. */
  readonly file: number | string
  /** Where the media element gets it, and where this page gets parts of it. */
  readonly streamUrl: string
  readonly httpUrl: string
  /** What the API says of the file; without it the swarm tells the length when it is there. */
  readonly length: number | null
  readonly type: string
  readonly isPrivate: boolean
  readonly p2p: P2pMode
  /** Where the service worker's script is, under the page's own origin; null where there is none. */
  readonly worker: URL | null
  readonly start: number
  readonly autoplay: boolean
}

const SENDS_NOTHING = alone('Sharing off', 'you send nothing to others')

export class Playback {
  private readonly http = { bytes: 0, failing: false }
  private readonly closed = new AbortController()
  private readonly began = performance.now()
  private readonly trouble: Trouble
  private swarm: Swarm | null = null
  private joining = false
  private stopServing = (): void => {}
  private toldPhase = ''
  private toldStats = ''
  private timer = 0
  private sharingNow: Sharing
  private able = false

  constructor(private readonly options: PlaybackOptions) {
    this.sharingNow = options.worker
      ? sharing(options.p2p, options.isPrivate)
      : alone('No service worker', 'this page has no copy of the service worker')
    this.trouble = new Trouble(options.media, options.httpUrl, () => this.reload())
    for (const event of ['playing', 'pause', 'waiting', 'seeking', 'seeked', 'ended', 'canplay']) {
      options.media.addEventListener(event, this.look, { signal: this.closed.signal })
    }
    addEventListener('pagehide', () => this.close(), { signal: this.closed.signal })
  }

  /** Why nothing is shared, or that it is. */
  get sharing(): Sharing {
    return this.sharingNow
  }

  async start(): Promise<void> {
    const { options } = this
    const { media } = options
    this.timer = window.setInterval(this.look, STATS_MS)
    if (!this.sharingNow.on && options.p2p === 'only') {
      this.trouble.give('Only peers may be used here. ' + this.sharingNow.why)
      return this.look()
    }
    this.able = this.sharingNow.on
    if (this.able) await this.prepareWorker()
    if (this.closed.signal.aborted) return
    // a media element takes bytes from the network and from a worker together only in this mode
    media.crossOrigin = 'anonymous'
    this.load(options.start)
    this.look()
  }

  private load(at: number): void {
    const { media, streamUrl, autoplay } = this.options
    media.src = streamUrl
    if (at > 0) media.addEventListener('loadedmetadata', () => (media.currentTime = at), { once: true })
    if (autoplay) media.play().catch(() => {}) // refused: the controls are there
  }

  private reload(): void {
    const { media } = this.options
    const at = media.currentTime
    const wasPlaying = !media.paused
    this.load(at)
    if (wasPlaying) media.play().catch(() => {})
  }

  private async prepareWorker(): Promise<void> {
    const { worker, p2p } = this.options
    if (!worker) return
    const controlled = control(worker).then(
      () => {
        if (!this.closed.signal.aborted) void this.join()
      },
      (failure: Error) => {
        this.able = false
        const reason = alone('No service worker', `the service worker could not start, ${failure.message}`)
        this.sharingNow = reason
        if (p2p === 'only') this.trouble.give(`Only peers may be used here. ${reason.why}`)
        this.look()
      }
    )
    void this.serveFile()
    const limit = p2p === 'only' ? Infinity : WORKER_WAIT_MS
    await Promise.race([
      controlled,
      ...(limit < Infinity ? [new Promise(resolve => setTimeout(resolve, limit))] : [])
    ])
  }

  private async serveFile(): Promise<void> {
    const known = this.options.length
    const { length, type } =
      known === null ? await this.describe() : { length: known, type: this.options.type }
    if (this.closed.signal.aborted || !length) return
    const { streamUrl, httpUrl, p2p } = this.options
    const http = httpSource(httpUrl, bytes => {
      this.http.bytes += bytes
    })
    const parts = {
      http,
      swarm: () => this.swarm,
      patience: {
        http: p2p !== 'only',
        deadlineMs: () => (p2p === 'only' ? MAX_WAIT_MS : this.deadlineMs()),
        expecting: () => this.expecting()
      },
      httpFails: (failing: boolean) => {
        this.http.failing = failing
      }
    }
    this.stopServing = serve({ url: streamUrl, length, type }, (first, last, signal) =>
      readRange(parts, first, last, signal)
    )
  }

  /** What the gateway says of the file, where the API may not be asked. */
  private async describe(): Promise<{ length: number; type: string }> {
    const { httpUrl } = this.options
    const response = await fetch(httpUrl, { method: 'HEAD', signal: this.closed.signal }).catch(() => null)
    const length = response?.ok ? Number(response.headers.get('content-length')) : 0
    return { length, type: response?.headers.get('content-type') ?? this.options.type }
  }

  /** What is buffered beyond the safe seconds can be waited for. */
  private deadlineMs(): number {
    const { media } = this.options
    if (media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA || media.seeking) return 0
    const spare = bufferedAhead(media) / Math.max(0.1, media.playbackRate) - SAFE_SECONDS
    return Math.max(0, Math.min(MAX_WAIT_MS, spare * 1000))
  }

  private expecting(): boolean {
    if (this.joining) return true
    return this.swarm !== null && performance.now() - this.began < EXPECT_PEERS_MS
  }

  private async join(): Promise<void> {
    const { gateway, infohash, file } = this.options
    if (uploadLimit() === 0) {
      this.sharingNow = SENDS_NOTHING
      return this.look()
    }
    this.joining = true
    try {
      const [{ Swarm }, torrentFile] = await Promise.all([
        import('../swarm/swarm.ts'),
        torrentFileOf(gateway, infohash, this.closed.signal)
      ])
      const swarm = await Swarm.join({
        torrentFile,
        file,
        tracker: trackerOf(gateway),
        uploadLimit: uploadLimit()
      })
      if (this.closed.signal.aborted || uploadLimit() === 0) return swarm.close()
      this.swarm = swarm
    } catch (failure) {
      if (this.closed.signal.aborted) return
      const reason = failure instanceof Error ? failure.message : String(failure)
      this.sharingNow = alone('No peers', reason)
    } finally {
      this.joining = false
      this.look()
    }
  }

  /** Whether this viewer could share, and so has a choice. */
  get mayShare(): boolean {
    return this.able
  }

  /** Who sends nothing is no peer of anybody: 0 leaves the swarm, anything else joins it again. */
  limitUpload(bytesPerSecond: number): void {
    if (bytesPerSecond === 0) {
      this.swarm?.close()
      this.swarm = null
      this.sharingNow = SENDS_NOTHING
    } else if (this.swarm) {
      this.swarm.limitUpload(bytesPerSecond)
    } else if (this.able && !this.joining) {
      this.sharingNow = { on: true }
      void this.join()
    }
    this.look()
  }

  /** Whether HTTP fails at the moment, so that only peers carry the picture. */
  get httpFails(): boolean {
    return this.http.failing
  }

  get stats(): Stats {
    const figures = this.swarm?.figures
    const gateway = figures?.gateway ?? 0
    const peers = figures?.peers ?? 0
    const http = this.http.bytes
    const all = http + gateway + peers
    return {
      http,
      gateway,
      peers,
      connections: figures?.connections ?? 0,
      uploaded: figures?.uploaded ?? 0,
      offload: all ? peers / all : 0
    }
  }

  /** The phase as the media element shows it; who knows more about the torrent says more. */
  get phase(): Phase {
    const { media } = this.options
    const is = (phase: PhaseName, text: string): Phase => ({ phase, text })
    if (this.trouble.final) return is('error', this.trouble.final)
    if (this.trouble.passing) return is('waiting', this.trouble.passing)
    if (media.ended) return is('ended', 'Finished.')
    if (!media.currentSrc || media.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      return is('first-piece', 'Waiting for the first bytes.')
    }
    const starving = media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && (!media.paused || media.seeking)
    if (starving) {
      return is(
        'waiting',
        this.http.failing ? 'The gateway does not answer; waiting for peers.' : 'Waiting for data.'
      )
    }
    return media.paused ? is('paused', 'Ready.') : is('playing', 'Playing.')
  }

  private look = (): void => {
    const { media } = this.options
    const { phase, stats } = this
    const phaseText = JSON.stringify(phase)
    if (phaseText !== this.toldPhase) {
      this.toldPhase = phaseText
      media.dispatchEvent(new CustomEvent('sluice:phase', { detail: phase }))
    }
    const statsText = JSON.stringify(stats)
    if (statsText !== this.toldStats) {
      this.toldStats = statsText
      media.dispatchEvent(new CustomEvent('sluice:stats', { detail: stats }))
    }
  }

  close(): void {
    if (this.closed.signal.aborted) return
    this.closed.abort()
    clearInterval(this.timer)
    this.stopServing()
    this.trouble.close()
    this.swarm?.close()
    this.swarm = null
    const { media } = this.options
    media.removeAttribute('src')
    media.load()
  }
}

/** Seconds of media after the current time that are here already. */
export function bufferedAhead(media: HTMLMediaElement): number {
  const { buffered, currentTime } = media
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) > currentTime)
      return buffered.end(i) - currentTime
  }
  return 0
}

function trackerOf(gateway: URL): string {
  const tracker = new URL('announce', gateway)
  tracker.protocol = gateway.protocol === 'https:' ? 'wss:' : 'ws:'
  return String(tracker)
}

/** The torrent's file; it is there as soon as the gateway knows the metadata. */
async function torrentFileOf(
  gateway: URL,
  infohash: string,
  signal: AbortSignal
): Promise<Uint8Array<ArrayBuffer>> {
  for (;;) {
    const response = await fetch(new URL(`torrents/${infohash}.torrent`, gateway), { signal }).catch(
      () => null
    )
    if (response?.ok) return new Uint8Array(await response.arrayBuffer())
    signal.throwIfAborted()
    if (response?.status === 404) throw new Error('the gateway does not have this torrent')
    await new Promise(resolve => setTimeout(resolve, 1000))
  }
}
