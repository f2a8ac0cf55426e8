// webtorrent in a headless Chromium page gives one file away, over WebRTC only.
//   node browser-seed.mjs --path FILE --piece-length BYTES --tracker ws://…
// Ready line: infoHash.  Command {"cmd":"stat"}: uploaded (bytes of blocks), peers.
import path from 'node:path'
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, onCommand, say } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ path: '', tracker: '', 'piece-length': 0 })
const pages = await pageServer({ '/content': path.resolve(a.path) })
const browser = await chromium()
endWithParent(browser.end)
try {
  await browser.page.goto(`${pages.url}/seed.html`)
  await browser.page.waitForFunction('window.loaded', null, { timeout: 20000 })
  const seeded = await browser.page.evaluate(o => window.seed(o), {
    name: path.basename(a.path), pieceLength: a['piece-length'], announce: [a.tracker]
  })
  if (seeded.error) fail(`browser-seed: ${seeded.error}`)
  say({ ready: true, ...seeded })
  onCommand(async () => say({ stat: true, ...await browser.page.evaluate(() => window.stat()) }))
} catch (e) {
  await browser.end()
  fail(`browser-seed: ${e.message}`, { problems: browser.problems })
}
