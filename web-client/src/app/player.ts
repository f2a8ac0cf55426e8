// The player of a torrent's page.
import type { Phase } from '../frame/messages.ts'
import { Playback } from '../play/playback.ts'
import { offerSubtitles } from '../play/subtitles.ts'
import { el, setText } from '../shared/dom.ts'
import { connected, peers, percent, rate } from '../shared/format.ts'
import { sharingPanel } from '../shared/sharing.ts'
import {
  playable,
  playedFile,
  streamPath,
  subtitlesOf,
  type Torrent,
  type TorrentFile
} from '../shared/torrent.ts'

const base = (): URL => new URL('.', document.baseURI)

export class Player {
  readonly element: HTMLElement
  private readonly stage = el('div', { class: 'stage', hidden: true })
  /** Not a live region: it changes every second. */
  private readonly status = el('p', { class: 'status' })
  private playback: Playback | null = null
  private video: HTMLVideoElement | null = null
  private freeSubtitles = (): void => {}
  file: TorrentFile | null = null

  constructor() {
    this.element = el('div', { class: 'player' }, this.stage, this.status)
  }

  play(torrent: Torrent, file: TorrentFile, autoplay: boolean): void {
    this.close()
    this.file = file
    const gateway = base()
    const url = (one: TorrentFile): string => new URL(streamPath(torrent, one), gateway).href
    const video = el('video', { id: 'video', controls: true, playsinline: true, preload: 'metadata' })
    this.video = video
    this.playback = new Playback({
      media: video,
      gateway,
      infohash: torrent.infohash,
      url: url(file),
      file: Promise.resolve(playedFile(torrent, file)),
      p2p: 'auto',
      worker: new URL('sw.js', gateway),
      start: 0,
      autoplay
    })
    this.stage.replaceChildren(video, sharingPanel(video, this.playback))
    this.stage.hidden = false
    this.freeSubtitles = offerSubtitles(
      video,
      subtitlesOf(torrent, file).map(one => ({ path: one.path, url: url(one) }))
    )
    video.addEventListener('sluice:phase', () => this.tell(torrent))
    void this.playback.start()
  }

  close(): void {
    this.freeSubtitles()
    this.playback?.close()
    this.playback = this.video = this.file = null
    this.stage.replaceChildren()
    this.stage.hidden = true
  }

  /** An honest line on what there is and what is waited for. */
  tell(torrent: Torrent): void {
    setText(this.status, this.line(torrent, this.playback?.phase ?? null))
    this.status.classList.toggle('bad', torrent.phase === 'error')
  }

  private line(torrent: Torrent, now: Phase | null): string {
    if (torrent.phase === 'error') return torrent.error ?? 'This torrent cannot be used.'
    if (torrent.problem) return torrent.problem
    const who = peers(torrent.peers)
    if (torrent.phase === 'metadata') {
      return connected(torrent.peers)
        ? `Fetching the list of files from ${who}.`
        : 'Nobody who has this torrent has been found so far; still looking.'
    }
    if (!torrent.files.some(playable)) {
      return 'There is nothing in it that a browser could play; files can be opened one by one.'
    }
    const held = torrent.progress === 1 ? 'All of it is here.' : `${percent(torrent.progress)} is here.`
    if (!now) return held
    if (now.phase === 'error' || (now.phase === 'waiting' && now.text !== 'Waiting for data.'))
      return now.text
    const starving = now.phase === 'waiting' || (now.phase === 'first-piece' && this.video?.paused === false)
    if (starving && !connected(torrent.peers) && torrent.progress < 1) {
      return `Waiting: nobody who has this file is connected. ${held}`
    }
    if (starving) return `Waiting for data from ${who}, ${rate(torrent.downloadRate)}. ${held}`
    const doing = now.phase === 'playing' ? 'Playing.' : now.phase === 'ended' ? 'Finished.' : 'Ready.'
    return `${doing} ${held} Connected: ${who}.`
  }
}
