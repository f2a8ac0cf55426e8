// The page inside the frame: plays the torrent that its URL names, and tells the truth while one waits.
import type { Phase } from '../frame/messages.ts'
import { fromFragment } from '../frame/options.ts'
import { Playback } from '../play/playback.ts'
import { offerSubtitles } from '../play/subtitles.ts'
import { Api, Problem } from '../shared/api.ts'
import { byId, el, setText, visible } from '../shared/dom.ts'
import { connected, peers, rate } from '../shared/format.ts'
import { sharingPanel } from '../shared/sharing.ts'
import { escapePath, parseSource } from '../shared/source.ts'
import {
  pick,
  playedFile,
  streamPath,
  subtitlesOf,
  type Torrent,
  type TorrentFile
} from '../shared/torrent.ts'
import { answerParent } from './parent.ts'

const POLL_MS = 1000
// peers can help as soon as the files are known
const METADATA_POLL_MS = 300
const gateway = new URL('/', location.href)
const api = new Api(String(gateway))
const video = byId('video') as HTMLVideoElement
const status = byId('status')
const { options, origin } = fromFragment(location.hash)
const [, , where = '', ...rest] = location.pathname.split('/')
const path = rest.length ? rest.map(decodeURIComponent).join('/') : options.path

/** In a sandbox without an origin the API may not be read: the gateway chooses the file, and tells nothing while one waits. */
const isolated = self.origin === 'null'
const never = new Promise<never>(() => {})

const say = (text: string): void => setText(status, text)
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

function phase(now: Phase): void {
  say(now.text)
  video.dispatchEvent(new CustomEvent('sluice:phase', { detail: now }))
}

/** What the torrent is waiting for while nothing plays yet. */
function explain(torrent: Torrent): Phase {
  const who = peers(torrent.peers)
  if (torrent.phase === 'error')
    return { phase: 'error', text: torrent.error ?? 'This torrent cannot be played.' }
  if (torrent.phase === 'metadata') {
    return connected(torrent.peers)
      ? { phase: 'metadata', text: `Fetching the list of files from ${who}.` }
      : { phase: 'metadata', text: 'Looking for somebody who has this torrent.' }
  }
  if (torrent.progress < 1 && !connected(torrent.peers)) {
    return { phase: 'peers', text: 'Nobody who has this file is connected; still looking.' }
  }
  return {
    phase: 'first-piece',
    text: torrent.downloadRate
      ? `Waiting for the first bytes: ${rate(torrent.downloadRate)} from ${who}.`
      : 'Waiting for the first bytes.'
  }
}

const isOpen = document.documentElement.dataset['open'] === 'true'

/** The torrent that a URL of a .torrent file names; only where everybody may add it: a page that frames us must not fill the gateway. */
function addByUrl(): Promise<Torrent> {
  const source = parseSource(options.src)
  if (source?.kind !== 'url') throw new Problem('There is no torrent to play.', 404)
  if (!isOpen) throw new Problem('This gateway plays only torrents that were added to it.', 403)
  return api.add({ url: source.url })
}

/** The torrent, when its files are known; meanwhile says what it waits for. */
async function known(find: () => Promise<Torrent>, signal: AbortSignal): Promise<Torrent> {
  for (;;) {
    try {
      const torrent = await find()
      if (torrent.phase === 'ready') return torrent
      phase(explain(torrent))
      await wait(METADATA_POLL_MS)
      continue
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure
      // an open gateway learns of it by the request for its bytes, whose answer the player explains
      const isComing = isOpen && failure.status === 404
      if (!isComing && failure.status && failure.status < 500) throw failure
      if (!isComing) phase({ phase: 'error', text: failure.message })
    }
    await wait(POLL_MS)
    signal.throwIfAborted()
  }
}

function choose(torrent: Torrent): TorrentFile {
  const file = pick(torrent, path)
  if (file) return file
  throw new Problem(
    path ? 'This torrent has no such file.' : 'There is nothing in this torrent that a browser could play.',
    404
  )
}

/** Says what is waited for until the picture is there, and again when it stands still. */
async function narrate(playback: Playback, first: Torrent): Promise<void> {
  let torrent = first
  for (;;) {
    const now = playback.phase
    const waits = now.phase === 'first-piece' || now.phase === 'waiting'
    if (now.phase === 'error') return giveUp(now, torrent)
    if (waits && now.text !== 'Waiting for the first bytes.') say(now.text)
    else say(waits ? explain(torrent).text : '')
    if (waits) torrent = await api.torrent(torrent.infohash).catch(() => torrent)
    await wait(POLL_MS)
  }
}

/** What this browser cannot play another player may. */
function giveUp(now: Phase, torrent: Torrent): void {
  say(now.text)
  status.append(
    ' ',
    el('a', { href: new URL(`torrents/${torrent.infohash}.m3u`, gateway).href }, 'Open in another player')
  )
}

/** Plays at once; what is known of the torrent comes to it when it is known. */
function play(infohash: string, torrent: Promise<Torrent>): Playback {
  const playback = new Playback({
    media: video,
    gateway,
    infohash,
    url: new URL(`stream/${infohash}${path ? `/${escapePath(path)}` : ''}`, gateway).href,
    file: torrent.then(known => playedFile(known, choose(known))),
    p2p: options.p2p,
    worker: isolated ? null : new URL('sw.js', gateway),
    start: options.start,
    autoplay: options.autoplay
  })
  byId('sharing').append(sharingPanel(video, playback))
  video.addEventListener('sluice:phase', event => {
    const { phase: name, text } = (event as CustomEvent<Phase>).detail
    if (name === 'playing' || name === 'paused') say('')
    else if (isolated) say(text)
  })
  void playback.start()
  return playback
}

function offer(torrent: Torrent, file: TorrentFile): void {
  document.title = visible(file.path)
  setText(byId('name'), document.title)
  if (options.subtitles === 'none') return
  const chosen = torrent.files.filter(
    ({ path: one }) =>
      options.subtitles && (one === options.subtitles || one.endsWith(`/${options.subtitles}`))
  )
  const offered = chosen.length ? chosen : subtitlesOf(torrent, file)
  offerSubtitles(
    video,
    offered.map(one => ({ path: one.path, url: new URL(streamPath(torrent, one), gateway).href }))
  )
}

/** A video that comes before the frame's load event delays it, and with it that of the page around. */
const loaded = (): Promise<unknown> =>
  document.readyState === 'complete'
    ? Promise.resolve()
    : new Promise(resolve => addEventListener('load', resolve, { once: true }))

async function main(): Promise<void> {
  await loaded()
  answerParent(video, origin)
  if (options.poster && /^https?:/.test(options.poster)) video.poster = options.poster
  video.muted = options.muted
  video.loop = options.loop
  video.controls = options.controls
  const byUrl = where === 'torrent'
  const stopped = new AbortController()
  const coming = isolated ? never : known(byUrl ? addByUrl : () => api.torrent(where), stopped.signal)
  const playback = play(byUrl ? (await coming).infohash : where.toLowerCase(), coming)
  try {
    const torrent = await coming
    offer(torrent, choose(torrent))
    await narrate(playback, torrent)
  } catch (failure) {
    stopped.abort()
    playback.close()
    throw failure
  }
}

main().catch((failure: unknown) => {
  if (failure instanceof Problem) phase({ phase: 'error', text: failure.message })
  else say('The player failed to start.')
})
