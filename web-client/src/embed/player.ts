// The page inside the frame: plays the torrent that its URL names, and tells the truth while one waits.
import type { Phase } from '../frame/messages.ts'
import { fromFragment } from '../frame/options.ts'
import { sharing } from '../play/capabilities.ts'
import { Playback } from '../play/playback.ts'
import { offerSubtitles } from '../play/subtitles.ts'
import { Api, Problem } from '../shared/api.ts'
import { byId, el, setText, visible } from '../shared/dom.ts'
import { connected, peers, rate } from '../shared/format.ts'
import { sharingPanel } from '../shared/sharing.ts'
import { escapePath, parseSource } from '../shared/source.ts'
import { pick, streamPath, subtitlesOf, type Torrent } from '../shared/torrent.ts'
import { answerParent } from './parent.ts'

const POLL_MS = 1000
// the first frame waits for the metadata, so one looks often
const METADATA_POLL_MS = 150
const gateway = new URL('/', location.href)
const WORKER = new URL('sw.js', gateway)
const api = new Api(String(gateway))
const video = byId('video') as HTMLVideoElement
const status = byId('status')
const { options, origin } = fromFragment(location.hash)
const [, , where = '', ...rest] = location.pathname.split('/')
const path = rest.length ? rest.map(decodeURIComponent).join('/') : options.path

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

let asked = false

/** The torrent. One that the gateway does not know is added only where it is open to all: a page that frames us must not fill it. */
async function find(): Promise<Torrent> {
  const source = parseSource(options.src)
  const isOpen = document.documentElement.dataset['open'] === 'true'
  if (where === 'torrent') {
    if (source?.kind !== 'url') throw new Problem('There is no torrent to play.', 404)
    if (!isOpen) throw new Problem('This gateway plays only torrents that were added to it.', 403)
    return api.add({ url: source.url })
  }
  if (isOpen && !asked) {
    asked = true
    return source?.kind === 'magnet' && source.infohash === where.toLowerCase()
      ? api.add({ magnet: source.magnet })
      : api.add({ infohash: where })
  }
  return api.torrent(where)
}

async function known(): Promise<Torrent> {
  for (;;) {
    try {
      const torrent = await find()
      if (torrent.phase === 'ready') return torrent
      phase(explain(torrent))
      await wait(METADATA_POLL_MS)
      continue
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure
      phase({ phase: 'error', text: failure.message })
      if (failure.status && failure.status < 500) throw failure
    }
    await wait(POLL_MS)
  }
}

function choose(torrent: Torrent): ReturnType<typeof pick> {
  const file = pick(torrent, path)
  if (!file) {
    phase({
      phase: 'error',
      text: path
        ? 'This torrent has no such file.'
        : 'There is nothing in this torrent that a browser could play.'
    })
  }
  return file
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

/** The worker starts while the gateway is asked what there is to play. */
function startWorker(): void {
  if (sharing(options.p2p, false).on) navigator.serviceWorker.register(WORKER).catch(() => {})
}

/** In a sandbox without an origin the API may not be read: the gateway chooses the file, and tells nothing while one waits. */
async function playBlindly(): Promise<void> {
  const url = new URL(`stream/${where}${path ? `/${escapePath(path)}` : ''}`, gateway).href
  const playback = new Playback({
    media: video,
    gateway,
    infohash: where,
    file: path ?? '',
    streamUrl: url,
    httpUrl: url,
    length: null,
    type: 'video/mp4',
    isPrivate: false,
    p2p: options.p2p,
    worker: null,
    start: options.start,
    autoplay: options.autoplay
  })
  byId('sharing').append(sharingPanel(video, playback))
  video.addEventListener('sluice:phase', event => {
    const { phase: name, text } = (event as CustomEvent<Phase>).detail
    say(name === 'playing' || name === 'paused' ? '' : text)
  })
  await playback.start()
}

async function main(): Promise<void> {
  startWorker()
  answerParent(video, origin)
  if (options.poster && /^https?:/.test(options.poster)) video.poster = options.poster
  video.muted = options.muted
  video.loop = options.loop
  video.controls = options.controls
  if (self.origin === 'null') return playBlindly()
  const torrent = await known()
  const file = choose(torrent)
  if (!file) return
  document.title = visible(file.path)
  const streamUrl = new URL(streamPath(torrent, file), gateway).href
  const playback = new Playback({
    media: video,
    gateway,
    infohash: torrent.infohash,
    file: file.index,
    streamUrl,
    httpUrl: streamUrl,
    length: file.length,
    type: file.mediaType,
    isPrivate: torrent.private,
    p2p: options.p2p,
    worker: WORKER,
    start: options.start,
    autoplay: options.autoplay
  })
  byId('sharing').append(sharingPanel(video, playback))
  video.addEventListener('sluice:phase', event => {
    const { phase } = (event as CustomEvent<Phase>).detail
    if (phase === 'playing' || phase === 'paused') say('')
  })
  const subtitles = torrent.files.filter(other =>
    options.subtitles
      ? other.path === options.subtitles || other.path.endsWith(`/${options.subtitles}`)
      : false
  )
  const offered =
    options.subtitles === 'none' ? [] : subtitles.length ? subtitles : subtitlesOf(torrent, file)
  offerSubtitles(
    video,
    offered.map(one => ({ path: one.path, url: new URL(streamPath(torrent, one), gateway).href }))
  )
  await playback.start()
  await narrate(playback, torrent)
}

main().catch((failure: unknown) => {
  if (!(failure instanceof Problem)) say('The player failed to start.')
})
