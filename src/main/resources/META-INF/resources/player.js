// The torrent that is being watched: its files, the video, and an honest line on what it is waiting for.
import { explain } from './api.js'
import { bytes, connected, peers, percent } from './format.js'

const $ = id => document.getElementById(id)
const section = $('watch')
const stage = $('stage')
const video = $('video')
const files = $('files')
const rowTemplate = $('file-row')

let torrent = null
let file = null // the one in the video
let asked = null // the path that the reader chose; without one the longest that can be played
let wantsToPlay = false
let trouble = null // why the video stopped, when it did
let retry = 0

const playable = f => /^(video|audio)\//.test(f.mediaType)
const pick = () => {
  const candidates = torrent.files.filter(playable)
  return candidates.find(f => f.path === asked) ?? candidates.reduce((best, f) => (!best || f.length > best.length ? f : best), null)
}

/** Shows a torrent as the API tells it; called again with each news. */
export function show (news) {
  if (torrent?.infohash !== news.infohash) reset()
  const filesChanged = torrent?.files.length !== news.files.length
  torrent = news
  section.hidden = false
  $('watch-name').textContent = torrent.name
  $('magnet').href = torrent.magnet
  if (filesChanged) listFiles()
  if (torrent.phase === 'ready' && !file) load(pick())
  tell()
}

/** Nothing is watched any more. */
export function hide () {
  reset()
  section.hidden = true
}

/** What the reader asked for by a click: the torrent to come is to play as soon as it can. */
export const playSoon = () => { wantsToPlay = true }

function reset () {
  clearTimeout(retry)
  torrent = file = asked = trouble = null
  stage.hidden = true
  video.removeAttribute('src')
  video.load()
  files.replaceChildren()
  $('status').textContent = ''
}

function listFiles () {
  files.replaceChildren(...torrent.files.map(f => {
    const row = rowTemplate.content.cloneNode(true)
    row.querySelector('.path').textContent = f.path
    row.querySelector('.size').textContent = bytes(f.length)
    const play = row.querySelector('.play')
    play.hidden = !playable(f)
    play.dataset.path = f.path
    play.setAttribute('aria-label', `Play ${f.path}`)
    play.addEventListener('click', () => {
      asked = f.path
      wantsToPlay = true
      load(f)
    })
    const open = row.querySelector('.open')
    open.href = f.streamUrl
    open.setAttribute('aria-label', `Open ${f.path}`)
    return row
  }))
}

function load (chosen) {
  if (!chosen) return
  clearTimeout(retry)
  file = chosen
  trouble = null
  stage.hidden = false
  video.src = file.streamUrl
  for (const play of files.querySelectorAll('.play')) play.setAttribute('aria-pressed', String(play.dataset.path === file.path))
  if (wantsToPlay) video.play().catch(() => {}) // refused, or superseded: the controls are there
  tell()
}

/** A video says little about why it failed; the gateway's own answer says more. */
async function diagnose () {
  const failed = file
  if (!failed || !video.error) return
  const at = video.currentTime
  let again = 0
  try {
    const response = await fetch(failed.streamUrl, { headers: { range: 'bytes=0-0' }, cache: 'no-store' })
    if (response.ok && video.error?.code !== MediaError.MEDIA_ERR_NETWORK) {
      trouble = `This browser cannot play ${failed.mediaType} files of this kind; a player such as VLC may.`
    } else {
      trouble = response.ok ? 'The file stopped coming; trying again.' : await explain(response)
      again = Number(response.headers.get('retry-after')) || 3
    }
  } catch {
    trouble = 'The gateway does not answer; trying again.'
    again = 3
  }
  if (failed !== file) return
  if (again) {
    retry = setTimeout(() => {
      const told = trouble
      load(failed)
      trouble = told
      video.addEventListener('loadedmetadata', () => { video.currentTime = at }, { once: true })
    }, again * 1000)
  }
  tell()
}

function status () {
  if (torrent.phase === 'error') return torrent.error ?? 'This torrent cannot be used.'
  const who = peers(torrent.peers)
  if (torrent.phase === 'metadata') {
    return connected(torrent.peers)
      ? `Fetching the list of files from ${who}.`
      : 'Nobody who has this torrent has been found so far; still looking.'
  }
  if (!torrent.files.some(playable)) return 'There is nothing in it that a browser could play; files can be opened one by one.'
  if (trouble) return trouble
  const held = torrent.progress === 1 ? 'All of it is here.' : `${percent(torrent.progress)} is here.`
  const starving = video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && (!video.paused || video.seeking)
  if (starving && !connected(torrent.peers) && torrent.progress < 1) return `Waiting: nobody who has this file is connected. ${held}`
  if (starving) return `Waiting for data from ${who}, ${bytes(torrent.downloadRate ?? 0)}/s. ${held}`
  return `${video.ended ? 'Finished.' : video.paused ? 'Ready.' : 'Playing.'} ${held} Connected: ${who}.`
}

function tell () {
  if (!torrent) return
  const line = status()
  if ($('status').textContent !== line) $('status').textContent = line
  $('status').classList.toggle('bad', torrent.phase === 'error')
}

for (const event of ['playing', 'pause', 'waiting', 'seeking', 'seeked', 'ended', 'canplay']) {
  video.addEventListener(event, () => {
    if (event === 'playing' || event === 'canplay') trouble = null
    tell()
  })
}
video.addEventListener('error', diagnose)
