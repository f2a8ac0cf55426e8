// From a magnet link to the first byte over HTTP, when the only seeder is a WebRTC peer: the gateway beside webtorrent's own Node server.
// Each run starts a fresh process that is already listening; the clock starts when it gets the magnet. The systems take turns.
//   ./sluice bench first-byte
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gateway, insideNamespace, media, median, peer, report, request, scratch } from './lib.mjs'

insideNamespace()
const RUNS = Number(process.env.RUNS ?? 5)
const LENGTH = 64 << 20
const RANGE = 65536
const LIMIT_MS = 40000

const file = media('random-64M.bin', LENGTH)
const expected = createHash('sha256').update(readFileSync(file).subarray(0, RANGE)).digest('hex')
const folder = scratch()
const tracker = await peer('tracker.mjs', [])
const seeder = await peer('seeder.mjs', ['--path', file, '--tracker', tracker.ready.ws])
const { infoHash, magnet } = seeder.ready
const headers = { range: `bytes=0-${RANGE - 1}` }

async function sluice (run) {
  const server = await gateway(path.join(folder, `sluice-${run}`))
  try {
    const t0 = performance.now()
    await request(`${server.url}/api/v1/torrents`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ magnet }) })
    const asked = performance.now() - t0
    return [asked, await request(`${server.url}/stream/${infoHash}/${path.basename(file)}`, { headers })]
  } finally {
    await server.stop()
  }
}

const webtorrent = fastIce => async run => {
  const server = await peer('stream-server.mjs', ['--tracker', tracker.ready.ws, '--out', path.join(folder, `webtorrent-${fastIce}-${run}`)], { fastIce })
  try {
    const t0 = performance.now()
    server.tell({ magnet })
    const { url } = await server.until(line => line.serving && line, LIMIT_MS)
    const asked = performance.now() - t0
    return [asked, await request(url, { headers })]
  } finally {
    await server.stop()
  }
}

const systems = { Sluice: sluice, 'webtorrent 3.0.21 as shipped': webtorrent(false), 'webtorrent 3.0.21 without its 5 s ICE wait': webtorrent(true) }
const times = Object.fromEntries(Object.keys(systems).map(name => [name, []]))
for (let run = 0; run < RUNS; run++) {
  for (const [name, measure] of Object.entries(systems)) {
    try {
      const [asked, answer] = await measure(run)
      if (answer.status !== 206 || answer.sha256 !== expected) throw new Error(`status ${answer.status}, ${answer.bytes} bytes, not the right ones`)
      times[name].push(Math.round(asked + answer.first))
    } catch (e) {
      // now and then a pair of peers never connects; that is told, not hidden
      console.error(`${name}, run ${run + 1}: ${e.message}`)
    }
  }
}
await seeder.stop()
await tracker.stop()
const ours = median(times.Sluice)
report('first-byte', Object.entries(times).map(([system, ms]) => ({
  system, 'runs that came': `${ms.length}/${RUNS}`, 'median ms': median(ms), 'all ms': ms.join(' '), 'ratio to Sluice': Number((median(ms) / ours).toFixed(2))
})))
process.exit(times.Sluice.length === RUNS ? 0 : 1)
