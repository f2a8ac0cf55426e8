// Three viewers, each with a browser of their own, watch one film one after the other: what part of its bytes each gets from the others,
// and what the gateway sends in all (over WebRTC by its own count, over HTTP by the viewers').
//   ./sluice bench viewers-together
import path from 'node:path'
import { film, gateway, insideNamespace, peer, report, scratch } from './lib.mjs'

insideNamespace()
const APART = Number(process.env.APART ?? 8)
const WATCH = Number(process.env.WATCH ?? 30)
const LIMIT_MS = (3 * APART + WATCH + 60) * 1000

const server = await gateway(path.join(scratch(), 'data'), {}, film())
let torrents = []
while (!torrents.length) torrents = await (await fetch(`${server.url}/api/v1/torrents`)).json()
const browser = await peer('browser-tabs.mjs', ['--gateway', server.url, '--src', torrents[0].infohash, '--path', 'film.mp4', '--apart', String(APART), '--watch', String(WATCH)])
const { tabs } = await browser.until(line => line.done && line, LIMIT_MS)
const { uploaded } = await (await fetch(`${server.url}/api/v1/torrents/${torrents[0].infohash}`)).json()
await browser.stop()
await server.stop()
const MB = bytes => Number((bytes / 1e6).toFixed(1))
report('viewers-together', [
  ...tabs.map((tab, index) => ({
    tab: index + 1, 'from other viewers': `${Math.round(tab.offload * 100)} %`, 'MB from viewers': MB(tab.peers), 'MB from the gateway, WebRTC': MB(tab.gateway), 'MB from the gateway, HTTP': MB(tab.http), 'MB sent on': MB(tab.uploaded)
  })),
  { tab: 'gateway sent', 'MB from the gateway, WebRTC': MB(uploaded), 'MB from the gateway, HTTP': MB(tabs.reduce((sum, tab) => sum + tab.http, 0)) }
])
