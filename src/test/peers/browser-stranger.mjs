// A page in a headless Chromium tries what a page can to add to a gateway, remove from it and read it.
//   node browser-stranger.mjs --gateway URL --add INFOHASH --remove INFOHASH --as elsewhere|rebound|own
// elsewhere: a page of another port; rebound: a page whose name came to point at the gateway; own: the gateway's page, which may.
// Last line: {"done":true, attempts {name: what came of it}}; what a page cannot know of is "sent".
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ gateway: '', add: '', remove: '', as: 'elsewhere' })
const pages = await pageServer()
const browser = await chromium({ names: ['attacker.example'] })
endWithParent(browser.end)
const gateway = a.as === 'rebound' ? a.gateway.replace(/\/\/[^:]+/, '//attacker.example') : a.gateway
const start = a.as === 'elsewhere' ? `${pages.url}/empty.html` : `${gateway}/`

try {
  await browser.page.goto(start)
  say({ ready: true })
  const attempts = await browser.page.evaluate(async ({ gateway, add, remove, forms }) => {
    const api = `${gateway}/api/v1/torrents`
    const out = {}
    const json = { 'content-type': 'application/json' }
    const body = JSON.stringify({ infohash: add })
    const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
    const tryFetch = async (name, url, options) => {
      try {
        const response = await fetch(url, options)
        out[name] = response.type === 'opaque' ? 'sent' : `${response.status} ${(await response.text()).includes(remove) ? 'read' : 'nothing'}`
      } catch {
        out[name] = 'failed'
      }
    }
    const form = (file) => {
      const data = new FormData()
      data.append('torrent', file, 'x.torrent')
      return data
    }
    const torrent = new Blob(['d4:infod6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee'])

    await tryFetch('read', api)
    await tryFetch('readOpaque', api, { mode: 'no-cors' })
    await tryFetch('readOne', `${api}/${remove}`)
    await tryFetch('readFeed', `${gateway}/feed.json`)
    await tryFetch('remove', `${api}/${remove}`, { method: 'DELETE', ...(forms ? {} : { signal: AbortSignal.abort() }) })
    await tryFetch('addJson', api, { method: 'POST', headers: json, body })
    await tryFetch('addText', api, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body })
    if (forms) {
      await tryFetch('addForm', api, { method: 'POST', body: form(torrent) })
      await tryFetch('addFormOpaque', api, { method: 'POST', mode: 'no-cors', body: form(torrent) })
      await tryFetch('offer', `${gateway}/api/v1/mirrors`, { method: 'POST', mode: 'no-cors', body: '{"url":"http://attacker.example/"}' })

      const submit = (enctype, fill) => new Promise(resolve => {
        const frame = document.createElement('iframe')
        frame.name = `frame${Math.random()}`
        document.body.append(frame)
        const element = document.createElement('form')
        Object.assign(element, { method: 'post', action: api, enctype, target: frame.name })
        fill(element)
        document.body.append(element)
        frame.onload = () => resolve('sent')
        setTimeout(() => resolve('sent'), 3000)
        element.submit()
      })
      out.formText = await submit('text/plain', element => {
        const input = document.createElement('input')
        input.name = body.slice(0, -1) + ',"x":"'
        input.value = '"}'
        element.append(input)
      })
      out.formFile = await submit('multipart/form-data', element => {
        const input = document.createElement('input')
        input.type = 'file'
        input.name = 'torrent'
        const files = new DataTransfer()
        files.items.add(new File([torrent], 'x.torrent'))
        input.files = files.files
        element.append(input)
      })
      out.image = await new Promise(resolve => {
        const image = new Image()
        image.onload = () => resolve('loaded')
        image.onerror = () => resolve('failed')
        image.src = api
      })
    }
    out.events = await new Promise(resolve => {
      const events = new EventSource(`${gateway}/api/v1/events`)
      events.onmessage = event => { events.close(); resolve(event.data.includes(remove) ? 'read' : 'nothing') }
      events.onerror = () => { if (events.readyState === EventSource.CLOSED) resolve('failed') }
      setTimeout(() => { events.close(); resolve('failed') }, 5000)
    })
    const socket = path => new Promise(resolve => {
      const line = new WebSocket(gateway.replace('http', 'ws') + path)
      const binary = add.match(/../g).map(byte => String.fromCharCode(parseInt(byte, 16))).join('')
      line.onopen = () => line.send(JSON.stringify({ action: 'announce', info_hash: binary, peer_id: 'x'.repeat(20), numwant: 5, left: 1, event: 'started' }))
      line.onmessage = event => { line.close(); resolve(event.data.includes('failure reason') ? 'refused' : 'answered') }
      line.onerror = () => resolve('failed')
      setTimeout(() => resolve('nothing'), 5000)
    })
    if (forms) {
      out.socketToApi = await socket('/api/v1/torrents')
      out.socketToTracker = await socket('/announce')
    }
    await pause(500)
    return out
  }, { gateway, add: a.add, remove: a.remove, forms: a.as !== 'own' })
  say({ done: true, attempts })
  await browser.end()
  process.exit(0)
} catch (e) {
  await browser.end()
  fail(`browser-stranger: ${e.message}`, { problems: browser.problems })
}
