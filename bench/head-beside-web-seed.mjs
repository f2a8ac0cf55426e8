// A viewer who wants the head of a file that the gateway does not have yet, alone and while webtorrent in Chromium fetches the same file from the
// gateway's web seed (it asks for the last piece first, and for several at a time). The only seeder is libtorrent over TCP, held to RATE bytes a second,
// so that what is fetched for one is missed by the other. Each measurement starts a fresh gateway; the clock runs from the viewer's request to its first byte.
//   ./sluice bench head-beside-web-seed          RUNS=5 RATE=10000000
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { gateway, insideNamespace, media, median, peer, peers, report, request, scratch, start } from './lib.mjs'

insideNamespace()
const RUNS = Number(process.env.RUNS ?? 5)
const RATE = Number(process.env.RATE ?? 10_000_000)
const LENGTH = 64 << 20
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

const file = media('random-64M.bin', LENGTH)
const createTorrent = (await import(path.join(peers, 'node_modules/create-torrent/index.js'))).default
const parseTorrent = await import(path.join(peers, 'node_modules/parse-torrent/index.js'))
const torrentFile = `${file}.torrent`
writeFileSync(torrentFile, await promisify(createTorrent)(file, { announceList: [], createdBy: 'sluice-bench', creationDate: 0, pieceLength: 256 << 10 }))
const folder = scratch()

const lt = start('/usr/bin/python3', ['lt.py', '--torrent', torrentFile, '--folder', path.dirname(file), '--seed', '--upload-limit', String(RATE)], { cwd: peers })
const seeder = await lt.until(line => line.ready && line)
const { infoHash, port } = seeder
const stream = server => `${server.url}/stream/${infoHash}/${path.basename(file)}`
const status = async server => (await fetch(`${server.url}/api/v1/torrents/${infoHash}`)).json()

async function until (what, test) {
  for (const end = performance.now() + 60000; performance.now() < end; await sleep(10)) if (await test()) return
  throw new Error(`${what} has not come`)
}

async function measure (run, beside) {
  const server = await gateway(path.join(folder, `gateway-${run}-${beside}`), { tcp: true })
  try {
    const magnet = `magnet:?xt=urn:btih:${infoHash}&x.pe=127.0.0.1:${port}`
    await request(`${server.url}/api/v1/torrents`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ magnet }) })
    await until('the metadata', async () => (await status(server)).phase === 'ready')
    // the code of both ways has run before, whoever comes first
    await request(stream(server), { headers: { range: `bytes=${LENGTH / 2}-${LENGTH / 2 + 65535}` } })
    let browser
    if (beside) {
      const seeded = await parseTorrent.default(new Uint8Array(await (await fetch(`${server.url}/torrents/${infoHash}.torrent`)).arrayBuffer()))
      const bare = path.join(folder, 'bare.torrent')
      writeFileSync(bare, parseTorrent.toTorrentFile({ ...seeded, announce: [] }))
      browser = await peer('browser-leech.mjs', ['--torrent', bare])
      const before = (await status(server)).downloaded
      await until('the browser\'s demand', async () => (await status(server)).downloaded > before + (1 << 20))
    }
    const answer = await request(stream(server), { headers: { range: 'bytes=0-65535' } })
    if (answer.status !== 206 || answer.bytes !== 65536) throw new Error(`status ${answer.status}, ${answer.bytes} bytes`)
    const { downloaded } = await status(server)
    await browser?.stop()
    return { first: answer.first, downloaded }
  } finally {
    await server.stop()
  }
}

const rows = { alone: [], beside: [] }
let demand = 0
for (let run = 0; run < RUNS; run++) {
  rows.alone.push((await measure(run, false)).first)
  const { first, downloaded } = await measure(run, true)
  rows.beside.push(first)
  demand += downloaded < LENGTH / 2
}
await lt.stop()
const ratio = median(rows.beside) / median(rows.alone)
const show = ms => ms.map(each => each.toFixed(0)).join(' ')
report('head-beside-web-seed', [
  { viewer: 'alone', 'median ms': Number(median(rows.alone).toFixed(1)), 'all ms': show(rows.alone), ratio: 1 },
  { viewer: 'beside webtorrent in Chromium', 'median ms': Number(median(rows.beside).toFixed(1)), 'all ms': show(rows.beside), ratio: Number(ratio.toFixed(2)) }
])
if (demand < RUNS) console.error(`only in ${demand} of ${RUNS} runs the browser was still fetching when the viewer had its byte`)
process.exit(ratio <= 1.5 && demand === RUNS ? 0 : 1)
