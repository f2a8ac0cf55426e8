// Plays one file in one media element: over HTTP at once, with the service worker and the swarm beside it as soon as they are there.
import type { Phase, PhaseName, Stats } from '../frame/messages.ts'
import { uploadLimit } from '../shared/preferences.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { alone, sharing, type P2pMode, type Sharing } from './capabilities.ts'
import { countDirect } from './direct.ts'
import { httpSource } from './http-source.ts'
import { readRange } from './reader.ts'
import { Trouble } from './trouble.ts'
import { control, Served } from './worker.ts'

/** How long the swarm leaves the machine to the first frame. */
const FIRST_FRAME_MS = 3_000
/** After the start peers are given so long to connect, as far as what is buffered lasts. */
const EXPECT_PEERS_MS = 8_000
/** Seconds of picture that are never risked for want of HTTP, and the longest wait for one piece. */
const SAFE_SECONDS = 4
const MAX_WAIT_MS = 8_000
const STATS_MS = 1_000

/** What is to be known of a file before peers can bring it. */
export interface PlayedFile {
  /** Its number in the torrent, or its path there. */
  readonly file: number | string
  readonly length: number
  readonly type: string
  readonly isPrivate: boolean
}

export interface PlaybackOptions {
  readonly media: HTMLVideoElement
  /** The gateway, with a slash at the end. */
  readonly gateway: URL
  readonly infohash: string
  /** Where the gateway has the file. */
  readonly url: string
  /** What is known of the file, as soon as it is; null when there is no such file. */
  readonly file: Promise<PlayedFile | null>
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
  private served: Served | null = null
  private readonly stopCounting: () => void
  private toldPhase = ''
  private toldStats = ''
  private timer = 0
  private sharingNow: Sharing
  private able = false

  constructor(private readonly options: PlaybackOptions) {
    this.sharingNow = options.worker
      ? sharing(options.p2p)
      : alone('No service worker', 'this page has no copy of the service worker')
    options.file.catch(() => {}) // whoever looks for the file says why there is none
    this.trouble = new Trouble(options.media, options.url, () => this.reload())
    for (const event of ['playing', 'pause', 'waiting', 'seeking', 'seeked', 'ended', 'canplay']) {
      options.media.addEventListener(event, this.look, { signal: this.closed.signal })
    }
    this.stopCounting = countDirect(
      url => this.isOurs(url),
      () => this.served?.takePassed() ?? false,
      bytes => {
        this.http.bytes += bytes
      }
    )
    addEventListener('pagehide', () => this.close(), { signal: this.closed.signal })
  }

  /** The file's own URL, or where the gateway sends on one that names no file. */
  private isOurs(asked: string): boolean {
    const { origin, pathname } = new URL(this.options.url)
    const other = new URL(asked)
    return (
      other.origin === origin && (other.pathname === pathname || other.pathname.startsWith(`${pathname}/`))
    )
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
    const shares = this.able ? this.share() : Promise.resolve()
    if (options.p2p === 'only') await shares
    if (this.closed.signal.aborted || this.trouble.final) return
    // a media element takes bytes from the network and from a worker together only in this mode
    media.crossOrigin = 'anonymous'
    this.load(options.start)
    this.look()
  }

  private load(at: number): void {
    const { media, url, autoplay } = this.options
    media.src = inParts(url)
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

  /** Takes part, as far as this browser lets it: first the worker, then the file, then the swarm. The picture waits for none of them. */
  private async share(): Promise<void> {
    const { options } = this
    const { signal } = this.closed
    const file = this.serveFile()
    try {
      if (options.worker) await control(options.worker)
    } catch (failure) {
      this.served?.close()
      return this.stayAlone('No service worker', `the service worker could not start, ${words(failure)}`)
    }
    const known = await file
    if (!known || signal.aborted) return
    if (known.isPrivate) return this.stayAlone('Private torrent', 'this torrent is private')
    if (options.p2p !== 'only') await firstFrame(options.media, signal)
    if (!signal.aborted) void this.join(known)
  }

  private stayAlone(short: string, why: string): void {
    if (this.closed.signal.aborted) return
    this.able = false
    this.sharingNow = alone(short, why)
    if (this.options.p2p === 'only') this.trouble.give(`Only peers may be used here. ${this.sharingNow.why}`)
    this.look()
  }

  /** Answers the worker: that the network is to do it as long as the file is not known, and then with its bytes. */
  private async serveFile(): Promise<PlayedFile | null> {
    const { url, p2p } = this.options
    const parts = {
      http: httpSource(url, bytes => {
        this.http.bytes += bytes
      }),
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
    const served = new Served(
      asked => this.isOurs(asked),
      (first, last, signal) => readRange(parts, first, last, signal)
    )
    this.served = served
    const known = await this.options.file.catch(() => null)
    if (known && !known.isPrivate) served.file = known
    return known
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

  private async join({ file }: PlayedFile): Promise<void> {
    const { gateway, infohash } = this.options
    if (this.swarm || this.joining) return
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
      this.sharingNow = alone('No peers', words(failure))
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
      void this.options.file.then(file => (file ? this.join(file) : null))
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
    // whoever shows the figures shows beside them whether there is sharing
    const statsText = JSON.stringify([stats, this.sharingNow])
    if (statsText !== this.toldStats) {
      this.toldStats = statsText
      media.dispatchEvent(new CustomEvent('sluice:stats', { detail: stats }))
    }
  }

  close(): void {
    if (this.closed.signal.aborted) return
    this.closed.abort()
    clearInterval(this.timer)
    this.served?.close()
    this.stopCounting()
    this.trouble.close()
    this.swarm?.close()
    this.swarm = null
    const { media } = this.options
    media.removeAttribute('src')
    media.load()
  }
}

const words = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure))

/** The gateway answers this URL in parts, so that a worker that comes later has a say in the next one. */
function inParts(url: string): string {
  const asked = new URL(url)
  asked.searchParams.set('parts', '')
  return String(asked)
}

/** Resolves when the media element shows something, or has not for too long. */
function firstFrame(media: HTMLMediaElement, closed: AbortSignal): Promise<void> {
  if (media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve()
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, FIRST_FRAME_MS)
    media.addEventListener('loadeddata', done, { once: true })
    media.addEventListener('error', done, { once: true })
    closed.addEventListener('abort', done, { once: true })
  })
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
