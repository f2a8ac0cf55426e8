// A page of another origin embeds a player by the one line of the snippet, and plays.
//   node browser-embed.mjs --gateway URL --src MAGNET_OR_INFOHASH [--path PATH] [--attributes 'p2p="off" muted'] [--play-ms MS]
//     [--document FILE]   the whole page, such as an example of docs/embedding.md
//     [--own-worker]      the page's own site has a copy of the gateway's sw.js
//     [--cross-site]      the page is of another site (localhost), not just of another port
//     [--no-webrtc] [--save-data] [--no-workers] [--no-storage] [--sandbox] [--screenshot FILE] [--timeout SECONDS]
// {"playing":true, firstFrameMs, times} when the picture moves: ms from the navigation to the first frame that was shown, and to what came
// before it; last line: {"done":true, firstFrameMs, currentTime, duration, events, phases, stats, text, connections {made, open},
// requests (hosts), problems}
import { readFileSync } from 'node:fs'
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say, sleep } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({
  gateway: '', src: '', path: '', attributes: 'autoplay muted', 'play-ms': 2000, document: '', 'own-worker': false, 'cross-site': false, 'no-webrtc': false,
  'save-data': false, 'no-workers': false, 'no-storage': false, sandbox: false, still: false, screenshot: '', timeout: 60
})
const player = `<sluice-player src="${a.src}"${a.path ? ` path="${a.path}"` : ''} ${a.attributes}></sluice-player>`
const page_ = a.document
  ? readFileSync(a.document, 'utf8')
  : `<!doctype html><meta charset="utf-8"><title>A page of another origin</title><link rel="icon" href="data:,">
<style>body{margin:2rem auto;max-width:50rem;font:1rem/1.5 system-ui}</style><h1>A page of another origin</h1>
<script src="${a.gateway}/embed.js" async></script>${player}`
const listen = `window.told = { events: [], phases: [], stats: null }
for (const type of ['play','playing','pause','ended','timeupdate','loadedmetadata','error','sluice:phase','sluice:stats']) {
  document.addEventListener(type, e => {
    if (type === 'sluice:phase') told.phases.push(e.detail)
    else if (type === 'sluice:stats') told.stats = e.detail
    else if (!told.events.includes(type)) told.events.push(type)
  }, true)
}`
// the video may be in any frame, and comes when it likes
const watchFrames = () => {
  window.times = []
  const mark = name => window.times.push([name, performance.timeOrigin + performance.now()])
  for (const type of ['loadstart', 'loadedmetadata', 'loadeddata', 'canplay', 'playing']) {
    document.addEventListener(type, event => {
      if (!(event.target instanceof HTMLVideoElement)) return
      mark(type)
      if (type === 'loadstart') event.target.requestVideoFrameCallback(() => { mark('frame'); window.framed = performance.timeOrigin + performance.now() })
    }, true)
  }
  addEventListener('DOMContentLoaded', () => mark('DOMContentLoaded'))
}
const timeline = () => [
  ...window.times,
  ...performance.getEntriesByType('resource').flatMap(({ name, startTime, responseStart, responseEnd }) => [
    [`${name} asked`, performance.timeOrigin + startTime], ...(responseStart ? [[`${name} begins`, performance.timeOrigin + responseStart]] : []), ...(responseEnd ? [[`${name} ends`, performance.timeOrigin + responseEnd]] : [])
  ])
]
const sandbox = `<!doctype html><meta charset="utf-8"><title>sandbox</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" allow="autoplay" width="800" height="500" src="${a.gateway}/embed/${a.src}#autoplay=true&muted=true"></iframe>`
const copy = a['own-worker'] ? { '/sw.js': await (await fetch(`${a.gateway}/sw.js`)).text() } : {}
const pages = await pageServer({}, { '/page.html': page_, '/sandbox.html': sandbox, ...copy })
const browser = await chromium()
endWithParent(browser.end)
const { page } = browser
const context = page.context()
const requests = new Set()
context.on('request', request => { if (/^(http|ws)/.test(request.url())) requests.add(new URL(request.url()).host) })
await context.addInitScript(listen)
await context.addInitScript(watchFrames)
await context.addInitScript(() => {
  const made = []
  window.madeConnections = made
  const Native = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Native { constructor (...all) { super(...all); made.push(this) } }
})
if (a['no-webrtc']) await context.addInitScript(() => { delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection })
if (a['save-data']) await context.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }))
// what Chromium does in a frame of another site when third-party storage is blocked
if (a['no-storage']) {
  await context.addInitScript(() => {
    ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('storage is blocked', 'SecurityError'))
    Object.defineProperty(window, 'localStorage', { get () { throw new DOMException('storage is blocked', 'SecurityError') } })
  })
}
if (a['no-workers']) await context.addInitScript(() => { delete Navigator.prototype.serviceWorker })

const video = async () => {
  for (const frame of page.frames()) {
    const found = await frame.evaluate(() => {
      const v = document.querySelector('video')
      return v && { currentTime: v.currentTime, duration: v.duration, ended: v.ended, readyState: v.readyState, frames: v.getVideoPlaybackQuality().totalVideoFrames, tracks: [...v.textTracks].map(t => t.label), src: v.currentSrc, mediaError: v.error?.message, controlled: self.origin !== 'null' && Boolean(navigator.serviceWorker?.controller) }
    }).catch(() => null)
    if (found) return found
  }
  return null
}
const sum = async read => {
  let total = 0
  for (const frame of page.frames()) total += await frame.evaluate(read).catch(() => 0)
  return total
}
const text = async () => (await Promise.all(page.frames().map(f => f.evaluate(() => document.body.innerText).catch(() => '')))).join('\n')

try {
  const origin = a['cross-site'] ? pages.url.replace('127.0.0.1', 'localhost') : pages.url
  const t0 = performance.now()
  await page.goto(`${origin}/${a.sandbox ? 'sandbox' : 'page'}.html`)
  say({ ready: true })
  const opened = await page.evaluate(() => performance.timeOrigin)
  let firstFrameMs = 0
  for (;;) {
    const framed = a.still ? await video() && opened : await sum(() => window.framed ?? 0)
    if (framed) { firstFrameMs = Math.round(framed - opened); break }
    if (performance.now() - t0 > a.timeout * 1000) throw new Error('no picture')
    // seldom: looking takes time from what is measured
    await sleep(100)
  }
  const times = (await Promise.all(page.frames().map(frame => frame.evaluate(timeline).catch(() => [])))).flat()
    .map(([name, at]) => [name.replace(/^https?:[^/]*[/][/][^/]*/, ''), Math.round(at - opened)]).sort((one, other) => one[1] - other[1])
  say({ playing: true, firstFrameMs, times })
  await sleep(a['play-ms'])
  if (a.screenshot) await page.screenshot({ path: a.screenshot })
  const told = await page.evaluate(() => window.told)
  const element = await page.evaluate(() => {
    const e = document.querySelector('sluice-player')
    return e && { currentTime: e.currentTime, duration: e.duration, paused: e.paused, muted: e.muted, videoWidth: e.videoWidth }
  })
  const v = await video()
  const made = await sum(() => window.madeConnections?.length ?? 0)
  const open = await sum(() => window.madeConnections?.filter(c => c.connectionState !== 'closed').length ?? 0)
  say({ done: true, firstFrameMs, ...v, element, events: told?.events, phases: told?.phases, stats: told?.stats, text: await text(), connections: { made, open }, requests: [...requests], problems: browser.problems })
  await browser.end()
  process.exit(0)
} catch (e) {
  if (a.screenshot) await page.screenshot({ path: a.screenshot }).catch(() => {})
  const state = { video: await video(), text: await text(), told: await page.evaluate(() => window.told).catch(() => null) }
  await browser.end()
  fail(`browser-embed: ${e.message}`, { ...state, problems: browser.problems })
}
