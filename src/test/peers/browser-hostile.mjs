// Pages of another origin that want more than to play: what they get, and whether a file of a torrent runs anything.
//   node browser-hostile.mjs --gateway URL --infohash HASH --html URL_OF_AN_HTML_FILE
// Last line: {"done":true, heard, liarHeard, api, appFramed, ran, honest}
//   heard     messages that a page got which frames the player without saying who it is
//   liarHeard messages that a page got which says it is another origin
//   honest    messages that a page got which says who it is (so that silence above means something)
//   api       what a page of another origin can read of the API
//   appFramed whether the web app shows inside a frame
//   ran       whether the HTML file ran a script, opened as a page and in a frame
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say, sleep } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ gateway: '', infohash: '', html: '', wait: 3000 })
const parent = fragment => `<!doctype html><title>hostile</title><link rel="icon" href="data:,"><script>
window.heard = []
addEventListener('message', e => heard.push(e.data))
</script><iframe src="${a.gateway}/embed/${a.infohash}#autoplay=true&muted=true${fragment}" allow="autoplay"></iframe>
<script>
const frame = document.querySelector('iframe')
setInterval(() => { for (const m of ['hello', 'play', 'pause']) frame.contentWindow.postMessage({ sluice: m, call: 1 }, '*') }, 200)
</script>`
const texts = { '/silent.html': parent(''), '/liar.html': parent('&origin=http://127.0.0.1:1'), '/app.html': `<!doctype html><title>x</title><link rel="icon" href="data:,"><iframe src="${a.gateway}/"></iframe>`, '/html.html': `<!doctype html><title>x</title><link rel="icon" href="data:,"><iframe src="${a.html}"></iframe>` }
const pages = await pageServer({}, texts)
texts['/honest.html'] = parent(`&origin=${pages.url}`)
const browser = await chromium()
endWithParent(browser.end)
const { page } = browser
await page.context().addInitScript(() => { window.opened = true })
const heardAt = async where => {
  await page.goto(`${pages.url}${where}`)
  await sleep(a.wait)
  return page.evaluate(() => window.heard)
}
try {
  say({ ready: true })
  const heard = await heardAt('/silent.html')
  const liarHeard = await heardAt('/liar.html')
  const honest = await heardAt('/honest.html')
  const api = await page.evaluate(async base => {
    const out = {}
    for (const path of ['api/v1/torrents', 'api/v1/events', 'q/health']) {
      out[path] = await fetch(`${base}/${path}`).then(r => r.status, () => 'refused')
    }
    out.added = await fetch(`${base}/api/v1/torrents`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"infohash":"0000000000000000000000000000000000000001"}' }).then(r => r.status, () => 'refused')
    return out
  }, a.gateway)
  await page.goto(`${pages.url}/app.html`)
  await sleep(1000)
  const appFramed = (await Promise.all(page.frames().slice(1).map(f => f.evaluate(() => Boolean(document.getElementById('add'))).catch(() => false)))).some(Boolean)
  await page.goto(`${pages.url}/html.html`)
  await sleep(500)
  const ranFramed = (await Promise.all(page.frames().map(f => f.evaluate(() => document.title === 'pwned' || window.scripted === true).catch(() => false)))).some(Boolean)
  const download = page.waitForEvent('download', { timeout: 3000 }).catch(() => null)
  await page.goto(a.html).catch(() => {})
  const downloaded = Boolean(await download)
  const ranOpened = await page.evaluate(() => document.title === 'pwned' || window.scripted === true)
  say({ done: true, heard, liarHeard, honest: honest.length, api, appFramed, ran: ranFramed || ranOpened, downloaded })
  await browser.end()
  process.exit(0)
} catch (e) {
  await browser.end()
  fail(`browser-hostile: ${e.message}`, { problems: browser.problems })
}
