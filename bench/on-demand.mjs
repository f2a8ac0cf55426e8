// A torrent that the server has nothing of, and one seeder: over TCP (libtorrent), over WebRTC (webtorrent in Node), a web seed (nginx), or far away:
// libtorrent behind a relay that delays by 25 ms each way, found by a tracker over UDP behind another.
//   cold: from the magnet to the first byte of the file over HTTP;
//   seek: then random MiB that nobody has read yet, one after the other on one connection, each from the request to its first byte.
// The gateway beside webtorrent's own Node server, in turns. "running": the process has served torrents before; "anew": it listens, and this is
// its first. webtorrent is shown as shipped and mended (no 5 s wait for ICE candidates, TCP_NODELAY).
//   ./sluice bench on-demand          RUNS=5 SEEKS=30 KINDS=tcp,webrtc,webseed,far ONLY=Sluice
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { chosen, fetchRange, gateway, insideNamespace, keptAlive, libtorrent, media, median, nginx, peers, places, quantile, report, request, runs, scratch, scripted, sleep, torrentOf } from './lib.mjs'
import { tcpRelay, udpRelay } from './lib/relay.mjs'

insideNamespace()
const RUNS = runs(5)
const SEEKS = Number(process.env.SEEKS ?? 30)
const MIB = 1 << 20
const LENGTH = 512 * MIB
const FAR_MS = 25

const file = media('random-512M.bin', LENGTH)
const bytes = readFileSync(file)
const torrentFile = await torrentOf(file, 512 << 10)
const folder = scratch()
const tracker = await scripted('tracker.mjs', [])

const kinds = {
  tcp: async () => {
    const seeder = await libtorrent('--torrent', torrentFile, '--folder', path.dirname(file), '--seed')
    const { infoHash, port } = seeder.ready
    return { ...seeder, infoHash, magnet: `magnet:?xt=urn:btih:${infoHash}&x.pe=127.0.0.1:${port}` }
  },
  webrtc: async () => {
    const seeder = await scripted('seeder.mjs', ['--path', file, '--tracker', tracker.ready.ws, '--piece-length', String(512 << 10)], ['fast-ice.mjs'])
    return { ...seeder, ...seeder.ready }
  },
  webseed: async () => {
    const server = await nginx(path.join(folder, 'nginx'), path.dirname(file))
    const parseTorrent = (await import(path.join(peers, 'node_modules/parse-torrent/index.js'))).default
    const { infoHash } = await parseTorrent(readFileSync(torrentFile))
    const at = name => encodeURIComponent(`${server.url}/${path.basename(name)}`)
    return { ...server, infoHash, magnet: `magnet:?xt=urn:btih:${infoHash}&xs=${at(torrentFile)}&ws=${at(file)}` }
  },
  far: async () => {
    const seeder = await libtorrent('--torrent', torrentFile, '--folder', path.dirname(file), '--seed')
    const { infoHash, port } = seeder.ready
    const finder = await scripted('tracker.mjs', ['--udp'])
    const toSeeder = await tcpRelay({ port, ms: FAR_MS })
    const toTracker = await udpRelay({ port: Number(new URL(finder.ready.udp).port), ms: FAR_MS })
    // what it knows of the seeder is the relay's address
    const hash = infoHash.replaceAll(/../g, '%$&')
    await fetch(`${finder.ready.http}?info_hash=${hash}&peer_id=-XX0001-000000000000&port=${toSeeder.port}&uploaded=0&downloaded=0&left=0&compact=1&event=started`)
    return {
      infoHash,
      magnet: `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(`udp://127.0.0.1:${toTracker.port}/announce`)}`,
      stop: async () => {
        toSeeder.close()
        toTracker.close()
        await finder.stop()
        await seeder.stop()
      }
    }
  }
}

let id = 0
function sluice (server) {
  const api = (where, method, body) => request(`${server.url}/api/v1/torrents${where}`, { method, headers: { 'content-type': 'application/json' }, body })
  return {
    stop: () => server.stop(),
    add: async source => {
      await api('', 'POST', JSON.stringify({ magnet: source.magnet }))
      return `${server.url}/stream/${source.infoHash}/${path.basename(file)}`
    },
    remove: source => api(`/${source.infoHash}`, 'DELETE')
  }
}
function webtorrent (server) {
  const ask = async (command, test) => {
    const mine = ++id
    return server.ask({ ...command, id: mine }, line => line.id === mine && test(line) && line)
  }
  return {
    stop: () => server.stop(),
    add: async source => (await ask({ magnet: source.magnet }, line => line.serving)).url,
    remove: () => ask({ remove: true }, line => line.removed)
  }
}
const ours = kind => async name => sluice(await gateway(path.join(folder, name), { tcp: kind !== 'webrtc' }))
const theirs = preloads => kind => async name => webtorrent(await scripted('stream-server.mjs', ['--out', path.join(folder, name), ...(kind === 'webrtc' ? ['--tracker', tracker.ready.ws] : [])], preloads))
const makers = { Sluice: ours, 'webtorrent 3.0.21': theirs([]), 'webtorrent 3.0.21 mended': theirs(['fast-ice.mjs', 'nodelay.mjs']) }

async function measure (server, source, seed) {
  const t0 = performance.now()
  const url = await server.add(source)
  const asked = performance.now() - t0
  const head = await fetchRange(url, 0, 65535)
  check(head, 0, 65536)
  const agent = keptAlive()
  const first = []
  const total = []
  for (const at of places(SEEKS, LENGTH, MIB, seed)) {
    await sleep(20)
    const answer = await fetchRange(url, at, at + MIB - 1, { agent })
    check(answer, at, MIB)
    first.push(answer.firstMs)
    total.push(answer.totalMs)
  }
  agent.destroy()
  return { cold: asked + head.firstMs, first, total }
}
function check (answer, at, length) {
  if (answer.status !== 206 || !answer.body.equals(bytes.subarray(at, at + length))) throw new Error(`status ${answer.status}, ${answer.body.length} bytes, not the right ones`)
}

const wantedKinds = (process.env.KINDS ?? 'tcp,webrtc,webseed,far').split(',')
const systems = Object.keys(chosen(makers))
const rows = []
let failed = 0
for (const kind of wantedKinds) {
  const source = await kinds[kind]()
  const running = {}
  const results = Object.fromEntries(systems.flatMap(name => [[`${name}, running`, []], [`${name}, anew`, []]]))
  const attempt = async (label, run, body) => {
    await sleep(300)
    try {
      const result = await body()
      if (run >= 0) results[label].push(result)
    } catch (e) {
      failed++
      console.error(`${kind}, ${label}, run ${run + 1}: ${e.message}`)
    }
  }
  for (const name of systems) running[name] = await makers[name](kind)(`${kind}-${name}`.replaceAll(/[^a-z0-9]/gi, '-'))
  // runs below zero warm the running ones up and do not count
  for (let run = -2; run < RUNS; run++) {
    for (const name of systems) {
      await attempt(`${name}, running`, run, async () => {
        try {
          return await measure(running[name], source, 100 + run)
        } finally {
          await running[name].remove(source)
        }
      })
      if (run < 0) continue
      await attempt(`${name}, anew`, run, async () => {
        const server = await makers[name](kind)(`${kind}-${name}-${run}`.replaceAll(/[^a-z0-9]/gi, '-'))
        try {
          return await measure(server, source, 200 + run)
        } finally {
          await server.stop()
        }
      })
    }
  }
  for (const name of systems) await running[name].stop()
  await source.stop()
  const round = value => Number(value.toFixed(1))
  const of = all => ({
    cold: round(median(all.map(r => r.cold))),
    p50: round(median(all.map(r => median(r.first)))),
    p95: round(median(all.map(r => quantile(r.first, 0.95)))),
    whole: round(median(all.map(r => median(r.total))))
  })
  for (const [system, all] of Object.entries(results)) {
    if (!all.length) continue
    const theirs = results[system.replace(/^Sluice/, 'webtorrent 3.0.21')]
    const base = theirs?.length ? of(theirs) : undefined
    const figures = of(all)
    rows.push({
      over: kind, system, runs: `${all.length}/${RUNS}`, 'cold ms': figures.cold, 'seek p50': figures.p50, 'seek p95': figures.p95, 'MiB p50': figures.whole,
      ...(system.startsWith('Sluice') && base ? { 'cold ratio': Number((figures.cold / base.cold).toFixed(2)), 'p95 ratio': Number((figures.p95 / base.p95).toFixed(2)) } : {}),
      'all cold': all.map(r => Math.round(r.cold)).join(' ')
    })
  }
}
await tracker.stop()
report('on-demand', rows)
process.exit(failed ? 1 : 0)
