// What a connection costs that does nothing: memory (after a collection), threads, sockets and processor time of the gateway with one seeded
// torrent and N peers over WebRTC, N over TCP (one address may hold 64); webtorrent's server in Node with 40 over WebRTC. Torrents at rest: ./sluice bench library;
// viewers: ./sluice bench thousand-viewers.
//   ./sluice bench costs          RUNS=3 WEBRTC=300 TCP=50 ONLY=Sluice
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { chosen, collect, comparison, cpuSeconds, gateway, inTurns, insideNamespace, media, peer, peers, rssBytes, runs, scratch, sleep, sockets, start, threads, torrentOf } from './lib.mjs'

insideNamespace()
const WEBRTC = Number(process.env.WEBRTC ?? 300)
const TCP = Number(process.env.TCP ?? 50)
const THEIR_WEBRTC = 40 // 300 have not connected to it within four minutes
const IDLE_SECONDS = 10
const folder = scratch()
const file = media('random-64M.bin', 64 << 20)
const torrent = await torrentOf(file, 256 << 10)
const parseTorrent = (await import(path.join(peers, 'node_modules/parse-torrent/index.js'))).default
const { infoHash } = await parseTorrent(readFileSync(torrent))

/** After a collection and a pause in which nothing happens. */
async function look (server) {
  await sleep(2000)
  await server.collect()
  const cpu = cpuSeconds(server.pid)
  await sleep(IDLE_SECONDS * 1000)
  const idle = (cpuSeconds(server.pid) - cpu) / IDLE_SECONDS
  await server.collect()
  return { rss: rssBytes(server.pid), threads: threads(server.pid), sockets: sockets(server.pid), idle }
}

async function join (server, count, argv, options) {
  const many = await peer('many-peers.mjs', ['--torrent', server.infoHash, ...argv], options)
  many.tell({ to: count })
  await many.until(line => line.all !== undefined && line, 240000)
  return many
}

const each = (before, after, count) => ({
  kb: (after.rss - before.rss) / count / 1e3,
  threads: after.threads - before.threads,
  sockets: (after.sockets - before.sockets) / count,
  percent: 100 * (after.idle - before.idle) / count
})

async function sluice () {
  const server = await gateway(path.join(folder, `gateway-${performance.now()}`), {
    tcp: true, webrtc: true, env: { SLUICE_SWARM_MAX_PEERS: '1000', SLUICE_WEBRTC_MAX_CONNECTIONS: '1000', SLUICE_TCP_MAX_CONNECTIONS: '1000', SLUICE_CACHE_MEMORY: '64M' }
  }, file)
  server.infoHash = await server.published()
  server.collect = async () => collect(server.pid)
  const port = await server.tcpPort()
  const tracker = `${server.url.replace('http', 'ws')}/announce`
  const groups = []
  try {
    // code and pools that the first peers bring are not theirs
    groups.push(await join(server, 10, ['--tracker', tracker]), await join(server, 10, ['--address', `127.0.0.1:${port}`], { fastIce: false }))
    const before = await look(server)
    groups.push(await join(server, WEBRTC, ['--tracker', tracker]))
    const webrtc = await look(server)
    groups.push(await join(server, TCP, ['--address', `127.0.0.1:${port}`], { fastIce: false }))
    const tcp = await look(server)
    const { peers } = await (await fetch(`${server.url}/api/v1/torrents/${server.infoHash}`)).json()
    if (peers.webrtc < WEBRTC || peers.tcp < TCP) throw new Error(`${peers.webrtc} over WebRTC and ${peers.tcp} over TCP have stayed`)
    return { before, webrtc: each(before, webrtc, WEBRTC), tcp: each(webrtc, tcp, TCP) }
  } finally {
    for (const group of groups) await group.stop()
    await server.stop()
  }
}

async function webtorrent () {
  const tracker = await peer('tracker.mjs', [], { fastIce: false })
  const server = start(process.execPath, ['--expose-gc', '--import', './fast-ice.mjs', 'stream-server.mjs', '--tracker', tracker.ready.ws, '--out', folder], { cwd: peers })
  server.infoHash = infoHash
  server.collect = async () => { for (let i = 0; i < 2; i++) await server.ask({ collect: true }, line => line.collected) }
  const groups = []
  try {
    await server.until(line => line.ready)
    await server.ask({ torrent, held: path.dirname(file) }, line => line.serving)
    await sleep(2000)
    groups.push(await join(server, 10, ['--tracker', tracker.ready.ws]))
    const before = await look(server)
    groups.push(await join(server, THEIR_WEBRTC, ['--tracker', tracker.ready.ws]))
    return { before, webrtc: each(before, await look(server), THEIR_WEBRTC) }
  } finally {
    for (const group of groups) await group.stop()
    await server.stop()
    await tracker.stop()
  }
}

const results = await inTurns(runs(3), chosen({ Sluice: sluice, webtorrent }))
const row = (what, unit, of, aim) => ({
  what, unit, aim, ours: (results.Sluice ?? []).map(of), theirs: { webtorrent: (results.webtorrent ?? []).filter(r => of(r) !== undefined).map(of) }
})
comparison('costs', 'What a peer costs that does nothing', [
  row('memory a WebRTC peer', 'KB', r => r.webrtc.kb, '250'),
  row('memory a TCP peer', 'KB', r => r.tcp?.kb, '60'),
  row(`threads for ${WEBRTC} WebRTC peers (40 of webtorrent)`, '', r => r.webrtc.threads),
  row(`threads for ${TCP} TCP peers`, '', r => r.tcp?.threads),
  row('sockets a WebRTC peer', '', r => r.webrtc.sockets),
  row('sockets a TCP peer', '', r => r.tcp?.sockets),
  row('processor a WebRTC peer', '% of a core', r => r.webrtc.percent),
  row('processor a TCP peer', '% of a core', r => r.tcp?.percent),
  row('memory with 20 peers', 'MB', r => r.before.rss / 1e6)
])
process.exit(Object.values(results).every(all => all.length > 0) ? 0 : 1)
