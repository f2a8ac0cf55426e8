// The web app: adds torrents, lists them, and watches the one that the address names (#infohash).
import { Api } from '../shared/api.ts'
import { byId, visible } from '../shared/dom.ts'
import { parseSource } from '../shared/source.ts'
import type { Torrent } from '../shared/torrent.ts'
import { Detail } from './detail.ts'
import { acceptDrops } from './drop.ts'
import { LibraryList } from './library.ts'
import { follow } from './live.ts'
import { Shares } from './share.ts'
import { askToken } from './token.ts'

const base = new URL('.', document.baseURI)
const api = new Api(String(base), askToken)
const message = byId('message')
const form = byId('add') as HTMLFormElement
const source = byId('source') as HTMLInputElement
const picker = byId('file') as HTMLInputElement

let autoplay = false
const chosen = (): string | null => /^#([0-9a-f]{40})$/i.exec(location.hash)?.[1]?.toLowerCase() ?? null

function say(text: string, bad = false): void {
  message.textContent = text
  message.classList.toggle('bad', bad)
}

/** Runs what the reader asked for, and says so when it fails. */
async function attempt(act: () => Promise<void>): Promise<void> {
  try {
    say('')
    await act()
  } catch (failure) {
    say(failure instanceof Error ? failure.message : String(failure), true)
  }
}

const detail = new Detail(byId('watch'), api)
const shares = new Shares(byId('shares'), api)
const library = new LibraryList({
  remove: torrent =>
    void attempt(async () => {
      if (!confirm(`Remove ${visible(torrent.name)} from this gateway?`)) return
      await api.remove(torrent.infohash)
      // perhaps the stream has never told of it
      added.delete(torrent.infohash)
      show()
      if (chosen() === torrent.infohash) location.hash = ''
      say(`Removed ${visible(torrent.name)}.`)
    })
})

const live = follow(new URL('api/v1/events', base), show, reachable => {
  if (!reachable) say('The gateway does not answer; trying again.', true)
  else if (message.classList.contains('bad')) say('')
})
/** What the gateway answered at the start and to additions, until the stream tells of it. */
const added = new Map<string, Torrent>()

function show(): void {
  for (const infohash of live.torrents.keys()) added.delete(infohash)
  const torrents = [...live.torrents.values(), ...added.values()]
  library.show(torrents, chosen())
  for (const torrent of torrents) shares.news(torrent)
  const watched = torrents.find(torrent => torrent.infohash === chosen())
  document.body.classList.toggle('watching', Boolean(watched))
  if (watched) detail.show(watched, autoplay)
  else detail.hide()
}

async function watch(request: Promise<Torrent>): Promise<void> {
  const torrent = await request
  added.set(torrent.infohash, torrent)
  form.reset()
  autoplay = true
  location.hash = torrent.infohash
  show()
}

function tracker(): URL {
  const url = new URL('announce', base)
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
  return url
}

/** .torrent files are added; any others are shared. */
function take(files: readonly File[]): void {
  const torrents = files.filter(file => /\.torrent$/i.test(file.name))
  const others = files.filter(file => !torrents.includes(file))
  for (const torrent of torrents) void attempt(() => watch(api.upload(torrent)))
  if (others.length) void attempt(() => shares.share(others, tracker()))
}

function addTyped(): void {
  const parsed = parseSource(source.value)
  if (!source.value.trim()) return
  void attempt(async () => {
    if (!parsed)
      throw new Error('This is neither a magnet link, nor an infohash, nor the address of a .torrent file.')
    const request: Record<string, string> =
      parsed.kind === 'url'
        ? { url: parsed.url }
        : parsed.kind === 'magnet'
          ? { magnet: parsed.magnet }
          : { infohash: parsed.infohash }
    await watch(api.add(request))
  })
}

form.addEventListener('submit', event => {
  event.preventDefault()
  addTyped()
})
byId('open').addEventListener('click', () => picker.click())
picker.addEventListener('change', () => {
  take([...(picker.files ?? [])])
  picker.value = ''
})
acceptDrops(byId('drop'), take)
addEventListener('hashchange', () => {
  autoplay = true
  show()
  if (chosen()) byId('watch').querySelector<HTMLElement>('#watch-name')?.focus()
  else byId('library-heading').focus()
})
byId('snippet-line').textContent =
  `<script src="${base}embed.js" async></script> <sluice-player src="magnet:…"></sluice-player>`
void attempt(async () => {
  for (const torrent of await api.list()) added.set(torrent.infohash, torrent)
  show()
})
if ('serviceWorker' in navigator) navigator.serviceWorker.register(new URL('sw.js', base)).catch(() => {})
