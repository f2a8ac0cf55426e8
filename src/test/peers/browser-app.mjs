// The web app as its users see it: what axe finds, how fast it is there, and screenshots of it.
//   node browser-app.mjs --gateway URL [--infohash HASH] [--screenshots FOLDER]
// Last line: {"done":true, loadMs, violations: [{view, id, impact, nodes}], scripted, titles, names, requests (hosts), problems}
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say, sleep } from './lib.mjs'

const a = args({ gateway: '', infohash: '', screenshots: '', 'play-ms': 4000 })
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium()
endWithParent(browser.end)
const { page } = browser
const requests = new Set()
page.context().on('request', request => { if (/^(http|ws)/.test(request.url())) requests.add(new URL(request.url()).host) })
const violations = []

async function look (view) {
  await page.evaluate(axe)
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  for (const { id, impact, nodes } of found.violations) violations.push({ view, id, impact, nodes: nodes.map(n => n.html.slice(0, 200)).slice(0, 3) })
  if (a.screenshots) await page.screenshot({ path: path.join(a.screenshots, `${view}.png`) })
}

try {
  const t0 = performance.now()
  await page.goto(`${a.gateway}/`)
  await page.waitForSelector('#torrents li')
  const loadMs = Math.round(performance.now() - t0)
  say({ ready: true, loadMs })
  await look('list-light')
  const names = await page.$$eval('#torrents .name', all => all.map(one => one.textContent))
  const hash = a.infohash || await page.$eval('#torrents a.name', one => one.hash.slice(1))
  await page.evaluate(h => { location.hash = h }, hash)
  await page.waitForSelector('#watch .files li')
  const files = await page.$$eval('#watch .path', all => all.map(one => one.textContent))
  const video = await page.waitForSelector('#watch video', { timeout: 10000 }).catch(() => null)
  if (video) await video.evaluate(v => { v.muted = true; return v.play() }).catch(() => {})
  await sleep(a['play-ms'])
  await look('torrent-light')
  if (a.screenshots) await page.screenshot({ path: path.join(a.screenshots, 'torrent-whole.png'), fullPage: true })
  await page.emulateMedia({ colorScheme: 'dark' })
  await look('torrent-dark')
  await page.setViewportSize({ width: 390, height: 844 })
  await look('torrent-phone')
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  await page.evaluate(() => { location.hash = '' })
  await sleep(300)
  await look('list-phone-dark')
  const scripted = await page.evaluate(() => window.scripted === true)
  say({ done: true, loadMs, wide, violations, scripted, names, files, requests: [...requests], problems: browser.problems })
  await browser.end()
  process.exit(0)
} catch (e) {
  if (a.screenshots) await page.screenshot({ path: path.join(a.screenshots, 'failed.png') }).catch(() => {})
  await browser.end()
  fail(`browser-app: ${e.message}`, { problems: browser.problems })
}
