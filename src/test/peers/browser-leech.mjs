// webtorrent in a headless Chromium page fetches a whole torrent over WebRTC only and hashes each file.
//   node browser-leech.mjs --source MAGNET_OR_INFOHASH --tracker ws://… [--timeout SECONDS]
//   node browser-leech.mjs --torrent FILE   from its web seeds alone, without WebRTC
// Last line: {"done":true, files [{path, length, sha256}], types, metadataMs, wireMs, doneMs, MBps}
import { readFileSync } from 'node:fs'
import { chromium } from './chromium.mjs'
import { args, bareMagnet, endWithParent, fail, infoHashOf, say } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ source: '', tracker: '', torrent: '', timeout: 90 })
const pages = await pageServer()
const browser = await chromium()
endWithParent(browser.end)
try {
  await browser.page.goto(`${pages.url}/leech.html`)
  await browser.page.waitForFunction('window.loaded', null, { timeout: 20000 })
  say({ ready: true })
  const what = a.torrent
    ? { torrent: readFileSync(a.torrent).toString('base64'), announce: [] }
    : { magnet: bareMagnet(infoHashOf(a.source), [a.tracker]), announce: [a.tracker] }
  const result = await browser.page.evaluate(o => window.leech(o), { ...what, timeoutMs: a.timeout * 1000 })
  say({ ...result, problems: browser.problems })
  await browser.end()
  process.exit(result.done ? 0 : 1)
} catch (e) {
  await browser.end()
  fail(`browser-leech: ${e.message}`, { problems: browser.problems })
}
