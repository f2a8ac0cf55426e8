// A library of 10,000 torrents that nobody uses: start-up to ready, memory per torrent, and what it says to trackers.
// Half of the torrents name an HTTP tracker, half a UDP tracker, both of them here; all are announced to the gateway's own tracker too.
//   ./sluice bench library        TORRENTS=10000 RUNS=3 MINUTES=5
import { createHash, randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { gateway, insideNamespace, median, report, scratch } from './lib.mjs'

insideNamespace()
const TORRENTS = Number(process.env.TORRENTS ?? 10_000)
const RUNS = Number(process.env.RUNS ?? 3)
const MINUTES = Number(process.env.MINUTES ?? 5)
const PIECES = 1000
const folder = scratch()
const settle = ms => new Promise(resolve => setTimeout(resolve, ms))
const rssBytes = pid => 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
const cpuSeconds = pid => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(f[11]) + Number(f[12])) / 100 }
const threads = pid => Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

// Trackers that count.
const heard = { http: 0, udp: 0 }
const httpTracker = http.createServer((_, response) => {
  heard.http++
  response.end('d8:intervali1800e5:peers0:e')
}).listen(0, '127.0.0.1')
await new Promise(resolve => httpTracker.once('listening', resolve))
const udpTracker = dgram.createSocket('udp4')
udpTracker.on('message', (message, from) => {
  const action = message.readUInt32BE(8)
  const answer = Buffer.alloc(action === 0 ? 16 : 20)
  answer.writeUInt32BE(action, 0)
  answer.writeUInt32BE(message.readUInt32BE(12), 4)
  if (action === 1) { heard.udp++; answer.writeUInt32BE(1800, 8) }
  udpTracker.send(answer, from.port, from.address)
})
await new Promise(resolve => udpTracker.bind(0, '127.0.0.1', resolve))

// The library's own files, as docs/adr/0009-library-on-disk.md has them.
const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0x82f63b78 ^ (n >>> 1) : n >>> 1; return n })
const crc32c = bytes => { let c = ~0; for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8); return (~c >>> 0).toString(16).padStart(8, '0') }

function library (data) {
  const lines = ['sluice-library 1\n']
  const hashes = randomBytes(20 * PIECES)
  for (let i = 0; i < TORRENTS; i++) {
    hashes.writeUInt32BE(i, 0)
    const name = `A film with a name of usual length (${2000 + i % 26}) number ${i}.mkv`
    const length = PIECES * 1048576
    const info = Buffer.concat([Buffer.from(`d6:lengthi${length}e4:name${Buffer.byteLength(name)}:${name}12:piece lengthi1048576e6:pieces${hashes.length}:`), hashes, Buffer.from('e')])
    const infohash = createHash('sha1').update(info).digest('hex')
    const tracker = i % 2 ? `http://127.0.0.1:${httpTracker.address().port}/announce` : `udp://127.0.0.1:${udpTracker.address().port}/announce`
    const sub = path.join(data, 'library/torrents', infohash.slice(0, 2))
    mkdirSync(sub, { recursive: true })
    writeFileSync(path.join(sub, `${infohash}.torrent`), Buffer.concat([Buffer.from(`d8:announce${tracker.length}:${tracker}4:info`), info, Buffer.from('e')]))
    const json = JSON.stringify({
      torrent: {
        infohash, added: '2026-01-01T00:00:00Z', policy: 'cached', displayName: name, trackers: [[tracker]],
        metadata: { name, length, pieceLength: 1048576, private: false, plainFile: true }, used: { infohash, uploaded: i, downloaded: i, views: 1, lastUsed: '2026-01-02T00:00:00Z' }
      }
    })
    lines.push(`${crc32c(Buffer.from(json))} ${json}\n`)
  }
  writeFileSync(path.join(data, 'library/state'), lines.join(''))
}

async function run (data) {
  const t0 = performance.now()
  const server = await gateway(data, { tcp: true })
  return { ...server, ready: (performance.now() - t0) / 1000 }
}

const empty = path.join(folder, 'empty')
const full = path.join(folder, 'full')
library(full)
console.log(`${TORRENTS} torrents of ${PIECES} pieces written`)

const measured = { empty: [], full: [] }
for (let i = 0; i < RUNS; i++) {
  for (const [name, data] of Object.entries({ empty, full })) {
    const server = await run(data)
    const count = Number((await fetch(`${server.url}/api/v1/torrents?limit=1`)).headers.get('x-total-count'))
    if (count !== (name === 'full' ? TORRENTS : 0)) throw new Error(`${count} torrents in the ${name} library`)
    measured[name].push(server.ready)
    await server.stop()
  }
}

// Memory of both after the same time, with announces going on; the traffic of the full one, minute by minute.
heard.http = heard.udp = 0
const both = { empty: await run(empty), full: await run(full) }
const perMinute = []
for (let minute = 0; minute < MINUTES; minute++) {
  const before = { ...heard }
  await settle(60_000)
  perMinute.push(heard.http + heard.udp - before.http - before.udp)
}
const rss = { empty: rssBytes(both.empty.pid), full: rssBytes(both.full.pid) }
const cpu = cpuSeconds(both.full.pid)
const [few, many] = [threads(both.empty.pid), threads(both.full.pid)]
const t1 = performance.now()
const page = await (await fetch(`${both.full.url}/api/v1/torrents?limit=50&offset=5000&q=film`)).json()
const pageMs = performance.now() - t1
const t2 = performance.now()
const all = await (await fetch(`${both.full.url}/api/v1/torrents`)).json()
const allMs = performance.now() - t2
if (page.length !== Math.min(50, Math.max(0, TORRENTS - 5000)) || all.length !== TORRENTS) throw new Error('the list is not whole')
await both.empty.stop()
await both.full.stop()

const perTorrent = (rss.full - rss.empty) / TORRENTS / 1024
report('library', [
  { figure: 'start-up to ready, empty library (s)', value: median(measured.empty).toFixed(2), aim: '' },
  { figure: `start-up to ready, ${TORRENTS} torrents (s)`, value: median(measured.full).toFixed(2), aim: '< 5' },
  { figure: 'RSS, empty library (MiB)', value: (rss.empty / 1048576).toFixed(0), aim: '' },
  { figure: `RSS, ${TORRENTS} torrents (MiB)`, value: (rss.full / 1048576).toFixed(0), aim: '' },
  { figure: 'RSS per idle torrent (KiB)', value: perTorrent.toFixed(1), aim: '< 20' },
  { figure: 'threads, empty and full', value: `${few}, ${many}`, aim: 'the same' },
  { figure: 'announces to trackers of others, by minute', value: perMinute.join(', '), aim: 'even' },
  { figure: `CPU of ${MINUTES} minutes, start-up included (s)`, value: cpu.toFixed(1), aim: '' },
  { figure: 'a page of 50 of the list (ms)', value: pageMs.toFixed(0), aim: '' },
  { figure: 'the whole list (ms)', value: allMs.toFixed(0), aim: '' }
])
process.exit(0)
