// Several tabs of one headless Chromium fetch one torrent over WebRTC, and are to find each other before there is a seeder.
//   node browser-swarm.mjs --source MAGNET_OR_INFOHASH --tracker ws://… [--tabs 2] [--timeout SECONDS]
// {"met":true} when every tab has a connection to another one; last line: {"done":true, tabs: [{files, wires, types}]}
import { chromium } from './chromium.mjs'
import { args, bareMagnet, endWithParent, fail, infoHashOf, say, sleep } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ source: '', tracker: '', tabs: 2, timeout: 90 })
const pages = await pageServer()
const browser = await chromium()
endWithParent(browser.end)
try {
  const tabs = [browser.page]
  while (tabs.length < a.tabs) tabs.push(await browser.page.context().newPage())
  const results = []
  for (const tab of tabs) {
    await tab.goto(`${pages.url}/leech.html`)
    await tab.waitForFunction('window.loaded', null, { timeout: 20000 })
    results.push(tab.evaluate(o => window.leech(o), {
      magnet: bareMagnet(infoHashOf(a.source), [a.tracker]), announce: [a.tracker], timeoutMs: a.timeout * 1000
    }))
  }
  say({ ready: true })
  const counts = () => Promise.all(tabs.map(tab => tab.evaluate('window.wires ? window.wires.size : 0')))
  const limit = performance.now() + a.timeout * 1000
  while ((await counts()).some(count => count < 1)) {
    if (performance.now() > limit) throw new Error(`the tabs did not find each other: ${await counts()}`)
    await sleep(100)
  }
  say({ met: true })
  const done = await Promise.all(results)
  while ((await counts()).some(count => count < a.tabs) && performance.now() < limit) await sleep(100)
  const wires = await counts()
  say({ done: done.every(one => one.done), tabs: done.map((one, i) => ({ ...one, wires: wires[i] })), problems: browser.problems })
  await browser.end()
  process.exit(0)
} catch (e) {
  await browser.end()
  fail(`browser-swarm: ${e.message}`, { problems: browser.problems })
}
