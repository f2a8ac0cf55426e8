// 1,000 viewers of 1 Mbit/s each, of 8 files at offsets all over (a torrent each: one has at most 512 readers), against one gateway with its usual settings that seeds them; and webtorrent's
// server in Node. Counted: stalls by each viewer's play-out clock, time to the first second of play, memory, threads, CPU.
//   ./sluice bench thousand-viewers          VIEWERS=1000 SECONDS=40 RUNS=1 ONLY=Sluice
import { mkdirSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { chosen, comparison, cpuSeconds, gateway, inTurns, insideNamespace, peer, peers, request, root, rssBytes, runs, scratch, sleep, start, tcpMemoryResets, threads } from './lib.mjs'

insideNamespace()
const VIEWERS = Number(process.env.VIEWERS ?? 1000)
const SECONDS = Number(process.env.SECONDS ?? 40)
const RATE = 125_000
const FILES = 8
const FILE_BYTES = 96 << 20
const CACHE_BYTES = Number(process.env.CACHE_MIB ?? 512) << 20 // 512 MiB is what it is by default
const folder = scratch()

const films = path.join(root, 'target/bench/films')
mkdirSync(films, { recursive: true })
for (let i = 0; i < FILES; i++) {
  const file = path.join(films, `film-${i}.mp4`)
  if (!existsSync(file)) writeFileSync(file, randomBytes(FILE_BYTES))
}
const torrent = path.join(folder, 'films.torrent')
const createTorrent = (await import(path.join(peers, 'node_modules/create-torrent/index.js'))).default
writeFileSync(torrent, await promisify(createTorrent)(films, { announceList: [], createdBy: 'sluice-bench', creationDate: 0, pieceLength: 512 << 10 }))

async function sluice () {
  const server = await gateway(path.join(folder, `gateway-${performance.now()}`), { webrtc: false, env: { SLUICE_CACHE_MEMORY: String(CACHE_BYTES) } }, ...Array.from({ length: FILES }, (_, i) => path.join(films, `film-${i}.mp4`)))
  for (;;) {
    const torrents = await (await fetch(`${server.url}/api/v1/torrents`)).json()
    if (torrents.length === FILES) {
      const details = await Promise.all(torrents.map(async ({ infohash }) => (await fetch(`${server.url}/api/v1/torrents/${infohash}`)).json()))
      return { ...server, urls: details.map(({ files }) => files[0].streamUrl) }
    }
    await sleep(100)
  }
}

async function webtorrent () {
  const server = await peer('stream-server.mjs', ['--out', folder], { fastIce: false })
  const { urls } = await server.ask({ torrent, held: path.dirname(films) }, line => line.serving && line)
  return { ...server, urls }
}

const measure = begin => async () => {
  const server = await begin()
  try {
    // all of it once, so that memory is as full as it gets
    for (const url of server.urls) await request(url)
    await sleep(2000)
    const before = { resets: tcpMemoryResets(), rss: rssBytes(server.pid), threads: threads(server.pid), cpu: cpuSeconds(server.pid) }
    const viewers = start(process.execPath, ['bench/lib/viewers.mjs'], { stderr: 'inherit' })
    viewers.tell({ urls: server.urls, fileBytes: FILE_BYTES, count: VIEWERS, rate: RATE, joinSeconds: 10, seconds: SECONDS })
    await viewers.until(line => line.joined, 120000)
    let most = 0
    const look = setInterval(() => { most = Math.max(most, rssBytes(server.pid)) }, 500)
    const result = await viewers.until(line => line.done && line, (SECONDS + 60) * 1000)
    clearInterval(look)
    const cpu = cpuSeconds(server.pid) - before.cpu
    return { ...result, resets: tcpMemoryResets() - before.resets, before, most, threads: threads(server.pid), cores: cpu / (SECONDS + 10), perViewer: (most - before.rss) / VIEWERS }
  } finally {
    await server.stop()
  }
}

const results = await inTurns(runs(1), chosen({ Sluice: measure(sluice), webtorrent: measure(webtorrent) }))
const row = (what, unit, of, aim) => ({ what, unit, ours: (results.Sluice ?? []).map(of), theirs: { webtorrent: (results.webtorrent ?? []).map(of) }, aim })
comparison('thousand-viewers', `${VIEWERS} viewers of 1 Mbit/s each`, [
  row('viewers that play', '', r => r.playing, VIEWERS),
  row('stalls', '', r => r.stalls, '0'),
  row('viewers that stalled', '', r => r.stalled, '0'),
  row('failed', '', r => r.failed, '0'),
  row('reset by the kernel, which had no memory', '', r => r.resets, '0'),
  row('first second, p50', 'ms', r => r.startP50),
  row('first second, p95', 'ms', r => r.startP95),
  row('memory at most', 'MB', r => r.most / 1e6, `${Math.round((CACHE_BYTES + VIEWERS * 100e3) / 1e6)}`),
  row('memory before', 'MB', r => r.before.rss / 1e6),
  row('memory a viewer', 'KB', r => r.perViewer / 1e3, '100'),
  row('threads', '', r => r.threads),
  row('CPU', 'cores', r => r.cores),
  row('sent', 'MB/s', r => r.mbps),
  row('the generator late by', 'ms', r => r.generatorLateMs)
])
process.exit(Object.values(results).every(all => all.length > 0) ? 0 : 1)
