// <sluice-player> driven as a media element by the page around it, then as a viewer does it inside the frame, and left at last.
//   node browser-player.mjs --gateway URL --src INFOHASH --path PATH [--mode inline] [--subtitles FILE] [--screenshots FOLDER]
// {"left":true, infohash} when the page has been left, with --stay SECONDS still to go
// Last line: {"done":true, steps: {name: what was seen}, tracks, cues, violations, limits, left, problems}
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say, sleep } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ gateway: '', src: '', path: '', mode: 'iframe', subtitles: '', screenshots: '', stay: 4 })
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pages = await pageServer({}, {
  '/page.html': `<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
<script src="${a.gateway}/embed.js" async></script><sluice-player src="${a.src}" path="${a.path}" mode="${a.mode}"${a.subtitles ? ` subtitles="${a.subtitles}"` : ''} muted></sluice-player>`,
  '/elsewhere.html': '<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">'
})
const browser = await chromium()
endWithParent(browser.end)
const { page } = browser
await page.context().addInitScript(() => {
  window.madeConnections = []
  const Native = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Native { constructor (...all) { super(...all); window.madeConnections.push(this) } }
  window.told = []
  for (const type of ['play', 'playing', 'pause', 'seeking', 'seeked', 'volumechange', 'ratechange', 'loadedmetadata', 'timeupdate', 'emptied', 'ended', 'sluice:phase', 'sluice:stats']) {
    document.addEventListener(type, event => event.target.localName === 'sluice-player' && window.told.push(event.detail ? [type, event.detail] : [type]), true)
  }
})
const inside = () => (a.mode === 'inline' ? page.mainFrame() : page.frames().find(frame => frame.url().includes('/embed/')))
const until = async (what, test, limitMs = 15000) => {
  const end = performance.now() + limitMs
  for (;;) {
    const value = await test()
    if (value) return value
    if (performance.now() > end) throw new Error(`never: ${what}`)
    await sleep(50)
  }
}
const element = act => page.evaluate(`(() => { const player = document.querySelector('sluice-player'); return (${act})(player) })()`)
const told = type => page.evaluate(name => window.told.some(one => one[0] === name), type)
const connections = () => inside().evaluate(() => window.madeConnections.filter(one => !['closed', 'failed'].includes(one.connectionState)).length)

async function api () {
  const steps = {}
  await element('player => player.play()')
  steps.plays = await until('a playing event', async () => await told('playing') && await element('player => !player.paused && player.currentTime > 0'))
  steps.duration = await element('player => player.duration')
  steps.size = await element('player => [player.videoWidth, player.videoHeight]')
  await element('player => { player.currentTime = 12 }')
  steps.sought = await until('seeked', async () => await told('seeked') && await element('player => !player.seeking && player.currentTime >= 12'))
  await element('player => player.pause()')
  steps.paused = await until('a pause', async () => await told('pause') && await element('player => player.paused'))
  await element('player => { player.volume = 0.25; player.playbackRate = 1.5; player.loop = true }')
  await until('a new rate', () => told('ratechange'))
  steps.set = await inside().evaluate(() => { const v = document.querySelector('video'); return [v.volume, v.playbackRate, v.loop] })
  steps.buffered = await element('player => player.buffered.length && player.buffered.end(0) > player.buffered.start(0)')
  await element('player => { player.playbackRate = 1; player.loop = false }')
  await element('player => player.play()')
  return steps
}

async function subtitles () {
  const expected = a.subtitles ? 1 : 2
  const labels = await until('subtitles', () => inside().evaluate(least => { const all = [...document.querySelector('video').textTracks]; return all.length >= least && all.map(one => [one.label, one.language]) }, expected))
  const cues = {}
  for (const [label] of labels) {
    cues[label] = await until(`cues of ${label}`, () => inside().evaluate(name => {
      const track = [...document.querySelector('video').textTracks].find(one => one.label === name)
      track.mode = 'showing'
      return track.cues?.length && [...track.cues].map(one => one.text)
    }, label))
    await inside().evaluate(name => { [...document.querySelector('video').textTracks].find(one => one.label === name).mode = 'hidden' }, label)
  }
  return { tracks: labels, cues }
}

/** What the viewer may send: some other amount, then nothing, then some again. */
async function limits () {
  const choose = value => inside().selectOption('.sharing select', String(value))
  await inside().click('.sharing summary')
  const seen = { before: await until('a connection', connections, 20000) }
  await choose(250000)
  await sleep(500)
  seen.slower = await connections()
  await choose(0)
  seen.nothing = await until('an end of all connections', async () => (await connections()) === 0 && 'none')
  seen.said = await until('a word about it', () => inside().evaluate(() => { const { textContent } = document.querySelector('.sharing summary'); return /off/.test(textContent) && textContent }))
  if (a.screenshots) await page.screenshot({ path: path.join(a.screenshots, 'embed-panel.png') })
  await choose(1000000)
  seen.again = await until('a connection again', connections, 20000)
  await inside().click('.sharing summary')
  return seen
}

async function faults () {
  const found = []
  for (const [width, height] of [[1280, 800], [390, 844]]) {
    await page.setViewportSize({ width, height })
    await inside().evaluate(axe)
    const { violations } = await inside().evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
    found.push(...violations.map(({ id, impact, nodes }) => ({ width, id, impact, nodes: nodes.map(n => n.html.slice(0, 200)) })))
    if (a.screenshots) await page.screenshot({ path: path.join(a.screenshots, `embed-${width}.png`) })
  }
  return found
}

try {
  await page.goto(`${pages.url}/page.html`)
  say({ ready: true })
  const steps = await api()
  const texts = await subtitles()
  const shared = a.mode === 'inline' ? null : await limits()
  const violations = a.mode === 'inline' ? [] : await faults()
  // what the element itself asked for is counted when a request ends, which may take until it has played so far
  if (a.mode !== 'inline') await until('bytes over HTTP', () => page.evaluate(() => window.told.findLast(one => one[0] === 'sluice:stats')?.[1].http > 0), 30000)
  const events = await page.evaluate(() => ({ phases: window.told.filter(one => one[0] === 'sluice:phase').map(one => one[1].phase), stats: window.told.findLast(one => one[0] === 'sluice:stats')?.[1] }))
  await page.goto(`${pages.url}/elsewhere.html`)
  say({ left: true })
  await sleep(a.stay * 1000)
  say({ done: true, steps, ...texts, limits: shared, violations, ...events, problems: browser.problems })
  await browser.end()
  process.exit(0)
} catch (e) {
  if (a.screenshots) await page.screenshot({ path: path.join(a.screenshots, 'embed-failed.png') }).catch(() => {})
  const seen = await page.evaluate(() => window.told).catch(() => null)
  await browser.end()
  fail(`browser-player: ${e.message}`, { seen: seen?.slice(-20), problems: browser.problems })
}
