// The page: adds torrents, lists them, and watches the one that the address names (#infohash). Whatever a torrent says about itself
// goes into the page as text only.
import * as api from './api.js'
import { state } from './format.js'
import * as player from './player.js'

const PERIOD_MS = 1000
const $ = id => document.getElementById(id)
const rows = new Map() // infohash -> its list item

const chosen = () => /^#([0-9a-f]{40})$/i.exec(location.hash)?.[1].toLowerCase()

function say (text, bad = false) {
  $('message').textContent = text
  $('message').classList.toggle('bad', bad)
}

/** Runs what the reader asked for, and says so when it fails. */
async function attempt (act) {
  try {
    say('')
    await act()
  } catch (e) {
    say(e.message, true)
  }
}

function newRow (infohash) {
  const row = $('torrent-row').content.cloneNode(true).firstElementChild
  row.querySelector('.name').href = `#${infohash}`
  row.querySelector('.name').addEventListener('click', player.playSoon)
  row.querySelector('.remove').addEventListener('click', () => attempt(async () => {
    const name = row.querySelector('.name').textContent
    if (!confirm(`Remove ${name} from this gateway?`)) return
    await api.remove(infohash)
    await refresh()
    say(`Removed ${name}.`)
  }))
  rows.set(infohash, row)
  return row
}

/** Rows stay the same elements while they live, so that the keyboard's focus stays where it is. */
function render (torrents) {
  const gone = new Set(rows.keys())
  for (const torrent of torrents) {
    gone.delete(torrent.infohash)
    const row = rows.get(torrent.infohash) ?? newRow(torrent.infohash)
    if (!row.isConnected) $('torrents').append(row)
    const line = state(torrent)
    row.querySelector('.name').textContent = torrent.name
    if (row.querySelector('.state').textContent !== line) row.querySelector('.state').textContent = line
    row.querySelector('.state').classList.toggle('bad', torrent.phase === 'error')
    row.querySelector('progress').value = torrent.progress
    row.querySelector('progress').setAttribute('aria-label', `Part of ${torrent.name} that is here`)
    row.querySelector('.remove').setAttribute('aria-label', `Remove ${torrent.name}`)
    row.setAttribute('aria-current', String(torrent.infohash === chosen()))
  }
  for (const infohash of gone) {
    rows.get(infohash).remove()
    rows.delete(infohash)
  }
  $('none').hidden = torrents.length > 0
  const watched = torrents.find(torrent => torrent.infohash === chosen())
  if (watched) player.show(watched)
  else player.hide()
}

let unreachable = false
async function refresh () {
  try {
    render(await api.list())
    if (unreachable) say('')
    unreachable = false
  } catch (e) {
    unreachable = true
    say(e.message, true)
  }
}

async function poll () {
  if (!document.hidden) await refresh()
  setTimeout(poll, PERIOD_MS)
}

async function added (request) {
  const torrent = await request
  $('add').reset()
  player.playSoon()
  location.hash = torrent.infohash
  await refresh()
  $('watch-name').scrollIntoView({ block: 'nearest' })
}

$('add').addEventListener('submit', event => {
  event.preventDefault()
  if ($('source').value.trim()) attempt(() => added(api.add($('source').value)))
})
$('file').addEventListener('change', () => {
  if ($('file').files.length) attempt(() => added(api.upload($('file').files[0])))
})
$('close').addEventListener('click', () => {
  location.hash = ''
  $('torrents-heading').focus()
})
addEventListener('hashchange', refresh)
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh() })
poll()
