// A file is dropped into the web app of one browser; when the page says that the tab may close, it is closed.
//   node browser-drop.mjs --gateway URL --path FILE [--timeout SECONDS] [--screenshot FILE]
// {"sharing":true, infohash}; last line: {"done":true, infohash, shareMs, safeMs, said}
import { statSync } from 'node:fs'
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say, sleep } from './lib.mjs'

const a = args({ gateway: '', path: '', timeout: 120, screenshot: '' })
const browser = await chromium()
endWithParent(browser.end)
const { page } = browser
try {
  const t0 = performance.now()
  await page.goto(`${a.gateway}/`)
  say({ ready: true })
  await page.setInputFiles('#file', a.path)
  await page.waitForSelector('.share[data-infohash]', { timeout: a.timeout * 1000 })
  const infohash = await page.$eval('.share', card => card.dataset.infohash)
  const shareMs = Math.round(performance.now() - t0)
  say({ sharing: true, infohash, shareMs, bytes: statSync(a.path).size })
  const said = new Set()
  for (;;) {
    const line = await page.$eval('.share .state', one => one.textContent)
    said.add(line)
    if (/may be closed/.test(line)) break
    if (performance.now() - t0 > a.timeout * 1000) throw new Error(`not safe: ${line}`)
    await sleep(100)
  }
  if (a.screenshot) await page.screenshot({ path: a.screenshot })
  say({ done: true, infohash, shareMs, safeMs: Math.round(performance.now() - t0), said: [...said], problems: browser.problems })
  await browser.end()
  process.exit(0)
} catch (e) {
  if (a.screenshot) await page.screenshot({ path: a.screenshot }).catch(() => {})
  await browser.end()
  fail(`browser-drop: ${e.message}`, { problems: browser.problems })
}
