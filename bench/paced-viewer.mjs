// A viewer of 5 Mbit/s who seeks now and then, while the swarm is one good peer and five bad ones (slow, stalling, lying, choking, leaving), each behind
// a relay that delays what it hands on, each way. The gateway beside webtorrent's own Node server, which both begin with nothing but the metadata.
// The viewer reads ahead 6 s at most. It plays from the first 256 KiB on; what is not there when it should be played is a stall. Stalls in the
// first second after the request, and after each seek, are the time that it takes to begin, and do not count.
//   ./sluice bench paced-viewer          RUNS=3 DELAYS=20,50,100 SECONDS=24
import { readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { chosen, gateway, insideNamespace, media, median, nginx, peers, report, request, runs, scratch, scripted, sleep, torrentOf } from './lib.mjs'
import { manners, oddPeer } from './lib/odd-peers.mjs'
import { tcpRelay } from './lib/relay.mjs'

insideNamespace()
const RUNS = runs(3)
const DELAYS = (process.env.DELAYS ?? '20,50,100').split(',').map(Number)
const SECONDS = Number(process.env.SECONDS ?? 24)
const PIECE = 256 << 10
const RATE = 5e6 / 8
const AHEAD = 6 * RATE
const BEGIN = 256 << 10
const GRACE_MS = 1000

const file = media('random-512M.bin', 512 << 20)
const bytes = readFileSync(file)
const torrentFile = await torrentOf(file, PIECE)
const parseTorrent = (await import(path.join(peers, 'node_modules/parse-torrent/index.js'))).default
const { infoHash } = await parseTorrent(readFileSync(torrentFile))
const folder = scratch()
const files = await nginx(path.join(folder, 'nginx'), path.dirname(file))
const magnet = `magnet:?xt=urn:btih:${infoHash}&xs=${encodeURIComponent(`${files.url}/${path.basename(torrentFile)}`)}`
let nextPort = 20000

/** Plays from a byte on for some seconds; { beginMs, stallMs, stalls }. */
function play (url, at, seconds) {
  return new Promise((resolve, reject) => {
    const t0 = performance.now()
    let got = 0
    let played = 0
    let begun
    let stalls = 0
    let stallMs = 0
    let dry = false
    let last = t0
    let answer
    const r = http.get(url, { headers: { range: `bytes=${at}-` }, agent: false }, response => {
      answer = response
      response.on('data', data => {
        if (!data.equals(bytes.subarray(at + got, at + got + data.length))) { r.destroy(); reject(new Error('wrong bytes')) }
        got += data.length
        if (got - played > AHEAD) response.pause()
      })
      response.on('error', () => {})
    })
    r.on('error', () => {})
    const clock = setInterval(() => {
      const now = performance.now()
      const step = now - last
      last = now
      if (begun === undefined && got >= BEGIN) begun = now
      const want = RATE * step / 1000
      const starved = begun === undefined || got - played < want
      if (!starved) played += want
      if (starved && now - t0 > GRACE_MS) { stallMs += step; if (!dry) stalls++ }
      dry = starved
      if (answer?.isPaused() && got - played < AHEAD) answer.resume()
      if (now - t0 >= seconds * 1000) {
        clearInterval(clock)
        r.destroy()
        resolve({ beginMs: (begun ?? now) - t0, stallMs, stalls })
      }
    }, 10)
  })
}

async function measured (url, port, delay, round) {
  const relays = []
  const odd = []
  for (const [i, [name, manner]] of Object.entries(manners).entries()) {
    const relay = await tcpRelay({ port, ms: delay, from: `127.0.1.${i + 1}` })
    relays.push(relay)
    odd.push({ name, peer: oddPeer({ port: relay.port, infoHash, bytes, pieceLength: PIECE, manner }) })
  }
  try {
    await sleep(1500)
    const parts = []
    for (let part = 0; part < 3; part++) {
      const at = part === 0 ? 0 : Math.floor(((round * 7 + part * 11) % 17 + 1) / 20 * bytes.length / PIECE) * PIECE + 12345
      parts.push(await play(url, at, SECONDS / 3))
    }
    return {
      begin: parts[0].beginMs,
      seek: Math.max(parts[1].beginMs, parts[2].beginMs),
      stalls: parts.reduce((sum, part) => sum + part.stalls, 0),
      stallMs: parts.reduce((sum, part) => sum + part.stallMs, 0),
      sent: Object.fromEntries(odd.map(({ name, peer }) => [name, Math.round(peer.sent / 1e4) / 100]))
    }
  } finally {
    for (const { peer } of odd) peer.stop()
    for (const relay of relays) relay.close()
  }
}

const systems = chosen({
  'Sluice': async (delay, round) => {
    const port = nextPort++
    const server = await gateway(path.join(folder, `gateway-${port}`), { tcp: true, env: { SLUICE_TCP_PORT: String(port) } })
    try {
      await request(`${server.url}/api/v1/torrents`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ magnet }) })
      return await measured(`${server.url}/stream/${infoHash}/${path.basename(file)}`, port, delay, round)
    } finally {
      if (process.env.DECISIONS) console.log(JSON.stringify((await (await fetch(`${server.url}/api/v1/torrents/${infoHash}/decisions`)).json()).slice(0, 40)))
      await server.stop()
    }
  },
  'webtorrent 3.0.21': async (delay, round) => {
    const port = nextPort++
    const server = await scripted('stream-server.mjs', ['--out', path.join(folder, `webtorrent-${port}`), '--port', String(port)])
    try {
      const { url } = await server.ask({ magnet, id: 1 }, line => line.serving && line)
      return await measured(url, port, delay, round)
    } finally {
      await server.stop()
    }
  }
})
const rows = []
let failed = 0
for (const delay of DELAYS) {
  const results = Object.fromEntries(Object.keys(systems).map(name => [name, []]))
  for (let round = 0; round < RUNS; round++) {
    for (const [name, measure] of Object.entries(systems)) {
      try {
        results[name].push(await measure(delay, round))
      } catch (e) {
        failed++
        console.error(`${name}, ${delay} ms, run ${round + 1}: ${e.message}`)
      }
    }
  }
  for (const [system, all] of Object.entries(results)) {
    if (!all.length) continue
    rows.push({
      'delay ms': delay, system, runs: `${all.length}/${RUNS}`, 'begin ms': Math.round(median(all.map(r => r.begin))), 'worst seek ms': Math.round(Math.max(...all.map(r => r.seek))),
      stalls: all.map(r => r.stalls).join(' '), 'stalled ms': all.map(r => Math.round(r.stallMs)).join(' '), 'MB by peer': JSON.stringify(all.at(-1).sent)
    })
  }
}
await files.stop()
report('paced-viewer', rows)
process.exit(failed ? 1 : 0)
