// <sluice-player>: a frame with the gateway's player, or a video of the page itself, that behaves like a media element.
import { fromFrame, MEDIA_EVENTS, type MediaState, type Settable, type ToFrame } from '../frame/messages.ts'
import { playerOptions, toFragment, type PlayerOptions } from '../frame/options.ts'
import { escapePath, parseSource, type Source } from '../shared/source.ts'
import { ranges } from './ranges.ts'

/** What the module gives for mode="inline"; loaded only then. */
interface Inline {
  attach(video: HTMLVideoElement, options: Record<string, unknown>): { close(): void }
}

const OPTIONS = [
  'src',
  'path',
  'poster',
  'autoplay',
  'muted',
  'loop',
  'start',
  'subtitles',
  'p2p',
  'mode'
] as const

const START: MediaState = {
  currentTime: 0,
  duration: null,
  paused: true,
  ended: false,
  seeking: false,
  muted: false,
  loop: false,
  volume: 1,
  playbackRate: 1,
  readyState: 0,
  networkState: 0,
  videoWidth: 0,
  videoHeight: 0,
  buffered: []
}

/** An open gateway reads the magnet link from it, and looks for the torrent while the frame loads. */
function frameUrl(gateway: URL, source: Source, options: PlayerOptions): string {
  const where = source.kind === 'url' ? 'torrent' : source.infohash
  const url = new URL(`embed/${where}${options.path ? `/${escapePath(options.path)}` : ''}`, gateway)
  if (source.kind !== 'url') {
    url.searchParams.set('magnet', source.kind === 'magnet' ? source.magnet : `magnet:?xt=urn:btih:${where}`)
  }
  url.hash = toFragment(options, location.origin)
  return String(url)
}

export function playerElement(gateway: URL): typeof HTMLElement {
  return class SluicePlayer extends HTMLElement {
    static observedAttributes = OPTIONS

    #state: MediaState = START
    #frame: HTMLIFrameElement | null = null
    #video: HTMLVideoElement | null = null
    #attached: { close(): void } | null = null
    #calls = new Map<number, { resolve: () => void; reject: (reason: Error) => void }>()
    #call = 0
    #unsent: ToFrame[] = []
    #pending = false
    /** An element that is upgraded is told of its attributes before it is told that it is in the page. */
    #live = false

    connectedCallback(): void {
      this.#live = true
      addEventListener('message', this.#hear)
      this.#show()
    }

    disconnectedCallback(): void {
      this.#live = false
      removeEventListener('message', this.#hear)
      this.#empty()
    }

    /** Several attributes that are set together make one change. */
    attributeChangedCallback(): void {
      if (!this.#live || this.#pending) return
      this.#pending = true
      queueMicrotask(() => {
        this.#pending = false
        if (this.#live) this.#show()
      })
    }

    #empty(): void {
      this.#attached?.close()
      for (const { reject } of this.#calls.values())
        reject(new DOMException('the player was taken away', 'AbortError'))
      this.#calls.clear()
      this.#unsent = []
      this.#attached = this.#frame = this.#video = null
      this.#state = START
      this.replaceChildren()
    }

    #show(): void {
      this.#empty()
      this.style.display ||= 'block'
      this.style.aspectRatio ||= '16 / 9'
      const options = playerOptions(name => this.getAttribute(name))
      const source = parseSource(options.src)
      if (!source) {
        this.textContent =
          'sluice-player: src is neither a magnet link, nor an infohash, nor the URL of a .torrent file'
        return
      }
      if (this.getAttribute('mode') === 'inline') return void this.#inline()
      const frame = document.createElement('iframe')
      frame.src = frameUrl(gateway, source, options)
      frame.allow = 'autoplay; fullscreen; picture-in-picture'
      frame.title = this.getAttribute('title') ?? 'Video player'
      frame.style.cssText = 'border:0;width:100%;height:100%;display:block'
      // the frame may have been ready before we listened, so it is greeted whenever it has loaded
      frame.addEventListener('load', () => this.#greet())
      this.#frame = frame
      this.append(frame)
    }

    async #inline(): Promise<void> {
      const video = document.createElement('video')
      video.controls = true
      video.playsInline = true
      video.style.cssText = 'width:100%;height:100%;display:block'
      for (const event of [...MEDIA_EVENTS, 'sluice:stats', 'sluice:phase']) {
        video.addEventListener(event, e => {
          this.dispatchEvent(
            e instanceof CustomEvent ? new CustomEvent(event, { detail: e.detail }) : new Event(event)
          )
        })
      }
      this.#video = video
      this.append(video)
      const module = (await import(/* @vite-ignore */ String(new URL('sluice.js', gateway)))) as Inline
      if (this.#video !== video) return
      this.#attached = module.attach(video, {
        ...playerOptions(name => this.getAttribute(name)),
        gateway: String(gateway),
        serviceWorker: this.getAttribute('service-worker')
      })
    }

    #greet(): void {
      this.#send({ sluice: 'hello' })
      for (const message of this.#unsent.splice(0)) this.#send(message)
    }

    #send(message: ToFrame): void {
      this.#frame?.contentWindow?.postMessage(message, gateway.origin)
    }

    /** What is asked of a frame that is not there yet is kept until it has spoken. */
    #tell(message: ToFrame): void {
      if (this.#state.networkState === 0) this.#unsent.push(message)
      else this.#send(message)
    }

    #hear = (event: MessageEvent<unknown>): void => {
      if (event.origin !== gateway.origin || event.source !== this.#frame?.contentWindow) return
      const message = fromFrame(event.data)
      if (!message) return
      switch (message.sluice) {
        case 'event':
          this.#state = message.state
          for (const unsent of this.#unsent.splice(0)) this.#send(unsent)
          this.dispatchEvent(new Event(message.event))
          return
        case 'played': {
          const call = this.#calls.get(message.call)
          this.#calls.delete(message.call)
          if (message.refusal === null) call?.resolve()
          else call?.reject(new DOMException(message.refusal, 'NotAllowedError'))
          return
        }
        case 'stats':
          this.dispatchEvent(new CustomEvent('sluice:stats', { detail: message.stats }))
          return
        case 'phase':
          this.dispatchEvent(new CustomEvent('sluice:phase', { detail: message.phase }))
          return
      }
    }

    play(): Promise<void> {
      if (this.#video) return this.#video.play()
      const call = ++this.#call
      return new Promise((resolve, reject) => {
        this.#calls.set(call, { resolve, reject })
        this.#tell({ sluice: 'play', call })
      })
    }

    pause(): void {
      if (this.#video) this.#video.pause()
      else this.#tell({ sluice: 'pause' })
    }

    load(): void {
      if (this.#video) this.#video.load()
      else this.#tell({ sluice: 'load' })
    }

    #set(name: Settable, value: number | boolean): void {
      if (this.#video) Object.assign(this.#video, { [name]: value })
      else {
        this.#state = { ...this.#state, [name]: value }
        this.#tell({ sluice: 'set', name, value })
      }
    }

    get #now(): MediaState | HTMLVideoElement {
      return this.#video ?? this.#state
    }

    get currentTime(): number {
      return this.#now.currentTime
    }
    set currentTime(seconds: number) {
      this.#set('currentTime', Number(seconds))
    }
    get muted(): boolean {
      return this.#now.muted
    }
    set muted(value: boolean) {
      this.#set('muted', Boolean(value))
    }
    get loop(): boolean {
      return this.#now.loop
    }
    set loop(value: boolean) {
      this.#set('loop', Boolean(value))
    }
    get volume(): number {
      return this.#now.volume
    }
    set volume(value: number) {
      this.#set('volume', Number(value))
    }
    get playbackRate(): number {
      return this.#now.playbackRate
    }
    set playbackRate(value: number) {
      this.#set('playbackRate', Number(value))
    }
    get duration(): number {
      return this.#now.duration ?? NaN
    }
    get paused(): boolean {
      return this.#now.paused
    }
    get ended(): boolean {
      return this.#now.ended
    }
    get seeking(): boolean {
      return this.#now.seeking
    }
    get readyState(): number {
      return this.#now.readyState
    }
    get networkState(): number {
      return this.#now.networkState
    }
    get videoWidth(): number {
      return this.#now.videoWidth
    }
    get videoHeight(): number {
      return this.#now.videoHeight
    }
    get buffered(): Pick<TimeRanges, 'length' | 'start' | 'end'> {
      return this.#video ? this.#video.buffered : ranges(this.#state.buffered)
    }
    get src(): string {
      return this.getAttribute('src') ?? ''
    }
    set src(value: string) {
      this.setAttribute('src', value)
    }
  }
}
