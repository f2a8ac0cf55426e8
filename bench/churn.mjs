// What stays when everything goes again: round after round peers over WebRTC and TCP come and leave, torrents are added and removed, viewers read and break off.
// After each round a collection; then heap, memory, threads and sockets of the gateway. A leak shows as a line that rises.
//   ./sluice bench churn          ROUNDS=20 WEBRTC=20 TCP=40 TORRENTS=100 VIEWERS=40
import { randomBytes } from 'node:crypto'
import http from 'node:http'
import path from 'node:path'
import { collect, comparison, gateway, insideNamespace, jcmd, media, peer, rssBytes, scratch, short, sleep, sockets, threads } from './lib.mjs'

insideNamespace()
const ROUNDS = Number(process.env.ROUNDS ?? 20)
const WEBRTC = Number(process.env.WEBRTC ?? 20)
const TCP = Number(process.env.TCP ?? 40)
const TORRENTS = Number(process.env.TORRENTS ?? 100)
const VIEWERS = Number(process.env.VIEWERS ?? 40)
const FILE_BYTES = 64 << 20
const server = await gateway(path.join(scratch(), 'gateway'), { tcp: true, webrtc: true, env: { SLUICE_CACHE_MEMORY: '64M' } }, media('random-64M.bin', FILE_BYTES))
const infohash = await server.published()
const api = `${server.url}/api/v1/torrents`
const tcp = `127.0.0.1:${await server.tcpPort()}`
const tracker = `${server.url.replace('http', 'ws')}/announce`
const { files: [{ streamUrl }] } = await (await fetch(`${api}/${infohash}`)).json()

async function peersComeAndGo () {
  const groups = await Promise.all([
    peer('many-peers.mjs', ['--torrent', infohash, '--tracker', tracker]),
    peer('many-peers.mjs', ['--torrent', infohash, '--address', tcp], { fastIce: false })
  ])
  groups[0].tell({ to: WEBRTC })
  groups[1].tell({ to: TCP })
  for (const group of groups) await group.until(line => line.all !== undefined, 120000)
  for (const group of groups) await group.stop()
}

async function torrentsComeAndGo () {
  const hashes = Array.from({ length: TORRENTS }, () => randomBytes(20).toString('hex'))
  for (const hash of hashes) await fetch(api, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ infohash: hash }) })
  for (const hash of hashes) await fetch(`${api}/${hash}`, { method: 'DELETE' })
}

/** Reads a MiB anywhere; every second one breaks off at its first bytes. */
const view = i => new Promise((resolve, reject) => {
  const from = Math.floor(Math.random() * (FILE_BYTES - (1 << 20)))
  const request = http.get(streamUrl, { agent: false, headers: { Range: `bytes=${from}-${i % 2 ? '' : from + (1 << 20) - 1}` } }, response => {
    response.on('data', () => { if (i % 2) request.destroy() })
    response.on('close', resolve)
  })
  request.on('error', error => request.destroyed ? resolve() : reject(error))
})

function look () {
  collect(server.pid)
  const heap = 1024 * Number(/ used (\d+)K/.exec(jcmd(server.pid, 'GC.heap_info'))[1])
  return { heap, rss: rssBytes(server.pid), threads: threads(server.pid), sockets: sockets(server.pid) }
}

const seen = []
for (let round = 0; round < ROUNDS; round++) {
  await Promise.all([peersComeAndGo(), torrentsComeAndGo(), ...Array.from({ length: VIEWERS }, (_, i) => view(i))])
  await sleep(3000)
  seen.push(look())
  console.log(`round ${round + 1}: heap ${short(seen.at(-1).heap / 1e6)} MB, memory ${short(seen.at(-1).rss / 1e6)} MB, ${seen.at(-1).threads} threads, ${seen.at(-1).sockets} sockets`)
}
await server.stop()

const half = seen.slice(ROUNDS >> 1)
/** Of the second half, by least squares. */
function growth (of) {
  const middle = (half.length - 1) / 2
  const mean = half.reduce((sum, each) => sum + of(each), 0) / half.length
  return half.reduce((sum, each, i) => sum + (i - middle) * (of(each) - mean), 0) / half.reduce((sum, _, i) => sum + (i - middle) ** 2, 0)
}
const row = (what, unit, of, aim) => ({ what, unit, ours: half.map(of), aim })
comparison('churn', `The second half of ${ROUNDS} rounds of churn`, [
  row('heap', 'MB', each => each.heap / 1e6),
  { what: 'heap, growth a round', unit: 'KB', ours: [growth(each => each.heap) / 1e3], aim: '0' },
  row('memory', 'MB', each => each.rss / 1e6),
  { what: 'memory, growth a round', unit: 'KB', ours: [growth(each => each.rss) / 1e3], aim: '0' },
  row('threads', '', each => each.threads),
  row('sockets', '', each => each.sockets)
])
