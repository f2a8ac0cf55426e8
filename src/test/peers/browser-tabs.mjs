// Several viewers, each with a browser of its own, watch one file in a page of another origin, one after the other; then the gateway's
// process is ended. Tabs of one browser would have each other's bytes from its caches.
//   node browser-tabs.mjs --gateway URL --src INFOHASH --path PATH [--tabs 3] [--apart SECONDS] [--watch SECONDS] [--kill PID] [--upload BYTES_PER_SECOND]
// {"tab":n, …stats} for each at the end; with --kill: {"killed":true, before, after} the times of the last tab's picture
// Last line: {"done":true, tabs: [{http, gateway, peers, uploaded, offload, connections, currentTime, made, open}], after}
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say, sleep } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ gateway: '', src: '', path: '', tabs: 3, apart: 6, watch: 12, kill: 0, 'kill-url': '', goon: 8, upload: -1, screenshot: '', timeout: 120 })
const pages = await pageServer({}, {
  '/page.html': `<!doctype html><meta charset="utf-8"><title>tab</title><link rel="icon" href="data:,"><script src="${a.gateway}/embed.js" async></script>
<sluice-player src="${a.src}" path="${a.path}" autoplay muted></sluice-player>
<script>document.addEventListener('sluice:stats', e => { window.stats = e.detail }, true)</script>`
})
const browsers = []
const end = () => Promise.all(browsers.map(browser => browser.end()))
endWithParent(end)

async function viewer () {
  const browser = await chromium()
  browsers.push(browser)
  await browser.page.addInitScript(() => {
    const made = []
    window.madeConnections = made
    const Native = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Native { constructor (...all) { super(...all); made.push(this) } }
  })
  // what a viewer chose in the player
  if (a.upload >= 0) await browser.page.addInitScript(limit => { try { localStorage.setItem('sluice.upload', String(limit)) } catch {} }, a.upload)
  return browser.page
}

const frameOf = tab => tab.frames().find(frame => frame.url().includes('/embed/'))
const state = async tab => ({
  ...await tab.evaluate(() => window.stats),
  ...await frameOf(tab).evaluate(() => {
    const v = document.querySelector('video')
    const made = window.madeConnections
    return { currentTime: v.currentTime, readyState: v.readyState, ended: v.ended, controlled: Boolean(navigator.serviceWorker.controller), text: document.body.innerText, made: made.length, open: made.filter(c => c.connectionState !== 'closed').length }
  })
})
const playing = async tab => {
  const limit = performance.now() + a.timeout * 1000
  while (performance.now() < limit) {
    const time = await frameOf(tab)?.evaluate(() => document.querySelector('video')?.currentTime ?? 0).catch(() => 0)
    if (time > 0.2) return
    await sleep(100)
  }
  throw new Error('no picture')
}

try {
  const tabs = []
  say({ ready: true })
  for (let i = 0; i < a.tabs; i++) {
    if (i) await sleep(a.apart * 1000)
    const tab = await viewer()
    await tab.goto(`${pages.url}/page.html`)
    await playing(tab)
    tabs.push(tab)
  }
  await sleep(a.watch * 1000)
  const told = await Promise.all(tabs.map(state))
  say({ watched: true, tabs: told })
  let after = null
  if (a.kill || a['kill-url']) {
    if (a.kill) process.kill(a.kill, 'SIGKILL')
    else await fetch(a['kill-url']).catch(() => {})
    await sleep(a.goon * 1000)
    after = await Promise.all(tabs.map(state))
  }
  if (a.screenshot) await tabs.at(-1).screenshot({ path: a.screenshot })
  say({ done: true, tabs: told, after, problems: browsers.flatMap(browser => browser.problems) })
  await end()
  process.exit(0)
} catch (e) {
  await end()
  fail(`browser-tabs: ${e.message}`, { problems: browsers.flatMap(browser => browser.problems) })
}
