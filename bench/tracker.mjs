// Our tracker beside bittorrent-tracker (npm) in the same run: announces per second over WebSocket, HTTP and UDP, and memory per connected WebSocket peer.
// Both get the same load from the same generator, in turns, each time as a fresh process; medians of all runs.
//   ./sluice bench tracker
import { createHash, randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'
import { gateway, insideNamespace, median, peer, peers, report, scratch } from './lib.mjs'

insideNamespace()
const { WebSocket } = createRequire(path.join(peers, 'package.json'))('ws')
const RUNS = Number(process.env.RUNS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 5)
const SOCKETS = Number(process.env.SOCKETS ?? 1000)
const IN_FLIGHT = 32
const TORRENTS = 50
const folder = scratch()

const hash = i => createHash('sha1').update(`torrent ${i}`).digest()
const id = i => Buffer.from(`-BN0100-${String(i).padStart(12, '0')}`)
const escape = bytes => [...bytes].map(b => '%' + b.toString(16).padStart(2, '0')).join('')
const rssKiB = pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
const settle = ms => new Promise(resolve => setTimeout(resolve, ms))

// Another address a request would be fairer to limits per address; a generator has one, so the limits are lifted for it.
process.env.SLUICE_TRACKER_OPEN = 'true'
process.env.SLUICE_TRACKER_MAX_SOCKETS_PER_ADDRESS = '20000'
process.env.SLUICE_TRACKER_MAX_REQUESTS_PER_ADDRESS = '1000000'
process.env.SLUICE_WEBRTC_ENABLED = 'false'

const systems = {
  async Sluice (run) {
    const server = await gateway(path.join(folder, `sluice-${run}`))
    const at = new URL(server.url)
    return { pid: server.pid, stop: server.stop, http: `${server.url}/announce`, ws: `ws://${at.host}/announce`, udpPort: Number(at.port) }
  },
  async 'bittorrent-tracker 11.2.3' () {
    const server = await peer('tracker.mjs', ['--udp'])
    return { pid: server.pid, stop: server.stop, http: server.ready.http, ws: server.ready.ws, udpPort: Number(new URL(server.ready.udp).port) }
  }
}

/** Repeats an act, so many at a time, for some seconds; acts per second. */
async function rate (act) {
  let done = 0
  const t0 = performance.now()
  const end = t0 + SECONDS * 1000
  await Promise.all(Array.from({ length: IN_FLIGHT }, async (_, lane) => {
    for (let i = lane; performance.now() < end; i += IN_FLIGHT) { await act(i); done++ }
  }))
  return done / ((performance.now() - t0) / 1000)
}

async function overHttp ({ http: url }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: IN_FLIGHT })
  const persec = await rate(i => new Promise((resolve, reject) => {
    const query = `info_hash=${escape(hash(i % TORRENTS))}&peer_id=${escape(id(i % 500))}&port=${1000 + i % 500}&uploaded=0&downloaded=0&left=5&compact=1&numwant=20`
    http.get(`${url}?${query}`, { agent }, response => {
      const parts = []
      response.on('data', part => parts.push(part))
      response.on('end', () => /8:interval/.test(Buffer.concat(parts).toString('latin1')) ? resolve() : reject(new Error(Buffer.concat(parts).toString('latin1'))))
    }).on('error', reject)
  }))
  agent.destroy()
  return persec
}

async function overUdp ({ udpPort }) {
  const socket = dgram.createSocket('udp4')
  const waiting = new Map()
  socket.on('message', message => { waiting.get(message.readUInt32BE(4))?.(message); waiting.delete(message.readUInt32BE(4)) })
  let next = 1
  let lost = 0
  const ask = make => new Promise(resolve => {
    const transaction = next++
    const timer = setTimeout(() => { lost++; waiting.delete(transaction); resolve(null) }, 2000)
    waiting.set(transaction, message => { clearTimeout(timer); resolve(message) })
    socket.send(make(transaction), udpPort, '127.0.0.1')
  })
  const connected = await ask(transaction => {
    const out = Buffer.alloc(16)
    out.writeBigUInt64BE(0x41727101980n, 0)
    out.writeUInt32BE(transaction, 12)
    return out
  })
  const connection = connected.subarray(8, 16)
  const persec = await rate(async i => {
    const reply = await ask(transaction => {
      const out = Buffer.alloc(98)
      connection.copy(out, 0)
      out.writeUInt32BE(1, 8)
      out.writeUInt32BE(transaction, 12)
      hash(i % TORRENTS).copy(out, 16)
      id(i % 500).copy(out, 36)
      out.writeBigUInt64BE(5n, 64)
      out.writeUInt32BE(0, 80)
      out.writeUInt32BE(20, 92)
      out.writeUInt16BE(1000 + i % 500, 96)
      return out
    })
    if (reply && reply.readUInt32BE(0) !== 1) throw new Error(reply.subarray(8).toString())
  })
  socket.close()
  if (lost > 10) console.error(`${lost} datagrams were lost`)
  return persec
}

/** Connects many peers, notes how much memory that took, and then has them announce without offers. */
async function overSockets ({ ws: url, pid }) {
  const before = rssKiB(pid)
  const sockets = []
  for (let i = 0; i < SOCKETS; i++) {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await new Promise((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject) })
    socket.binary = id(100000 + i).toString('latin1')
    socket.waiting = []
    socket.on('message', () => socket.waiting.shift()?.())
    sockets.push(socket)
  }
  const announce = (socket, torrent, left) => new Promise(resolve => {
    socket.waiting.push(resolve)
    socket.send(JSON.stringify({ action: 'announce', info_hash: hash(torrent).toString('latin1'), peer_id: socket.binary, numwant: 0, uploaded: 0, downloaded: 0, left, offers: [] }))
  })
  for (let i = 0; i < SOCKETS; i++) await announce(sockets[i], i % TORRENTS, 5)
  await settle(1000)
  const perPeer = (rssKiB(pid) - before) / SOCKETS
  const persec = await rate(i => announce(sockets[i % SOCKETS], (i % SOCKETS) % TORRENTS, 5))
  for (const socket of sockets) socket.terminate()
  return { perPeer, persec }
}

const figures = Object.fromEntries(Object.keys(systems).map(name => [name, { http: [], udp: [], ws: [], memory: [] }]))
for (let run = 0; run < RUNS; run++) {
  for (const [name, begin] of Object.entries(systems)) {
    const server = await begin(run)
    try {
      // A JVM compiles what it runs often; both get the same time to get warm.
      await overHttp(server)
      const sockets = await overSockets(server)
      figures[name].ws.push(sockets.persec)
      figures[name].memory.push(sockets.perPeer)
      figures[name].http.push(await overHttp(server))
      figures[name].udp.push(await overUdp(server))
    } finally {
      await server.stop()
    }
  }
}
const ours = figures.Sluice
const rows = []
for (const [name, all] of Object.entries(figures)) {
  rows.push({
    system: name,
    'WebSocket announces/s': Math.round(median(all.ws)),
    'HTTP announces/s': Math.round(median(all.http)),
    'UDP announces/s': Math.round(median(all.udp)),
    'KiB per WebSocket peer': Number(median(all.memory).toFixed(1)),
    'ratio WebSocket': Number((median(all.ws) / median(ours.ws)).toFixed(2)),
    'ratio HTTP': Number((median(all.http) / median(ours.http)).toFixed(2)),
    'ratio UDP': Number((median(all.udp) / median(ours.udp)).toFixed(2)),
    'ratio memory': Number((median(all.memory) / median(ours.memory)).toFixed(2))
  })
}
report('tracker', rows)
process.exit(0)
