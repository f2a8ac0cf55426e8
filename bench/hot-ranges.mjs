// A file of 512 MiB that is held whole: random ranges of 1 MiB and the whole file, over kept connections, MB/s by wrk.
// Ours from memory, from the disk tier (memory of 32 MiB) and from a seeded file where it lies (likewise); nginx with sendfile, and webtorrent's
// server in Node, from the same file. Everything is in the page cache.
//   ./sluice bench hot-ranges          RUNS=3 SECONDS=2 ONLY=memory,nginx
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { chosen, comparison, cpuSeconds, gateway, inTurns, insideNamespace, media, nginx, peer, peers, request, runs, scratch, sleep, start, torrentOf, wrk } from './lib.mjs'

insideNamespace()
const SECONDS = Number(process.env.SECONDS ?? 2)
const LENGTH = 512 << 20
const RANGE = 1 << 20
const folder = scratch()
const file = media('random-512M.bin', LENGTH)
const name = path.basename(file)
const torrent = await torrentOf(file, 512 << 10)

const whole = async url => {
  const { status, bytes } = await request(url)
  if (status !== 200 || bytes !== LENGTH) throw new Error(`${url}: status ${status}, ${bytes} bytes`)
}

/** A gateway that seeds the file; all of it is in memory or has been read once. */
async function seeded (memory) {
  const server = await gateway(path.join(folder, memory), { env: { SLUICE_CACHE_MEMORY: memory, SLUICE_WEBRTC_ENABLED: 'false' } }, file)
  const page = await server.published()
  const url = `${server.url}/stream/${page}/${name}`
  await whole(url)
  return { ...server, url }
}

/** A gateway that has fetched the file, and keeps it on disk. */
async function fetched () {
  const seeder = start('/usr/bin/python3', ['lt.py', '--torrent', torrent, '--folder', path.dirname(file), '--seed'], { cwd: peers })
  const { infoHash, port } = await seeder.until(line => line.ready && line)
  const server = await gateway(path.join(folder, 'disk'), { tcp: true, env: { SLUICE_CACHE_MEMORY: '32M' } })
  const magnet = `magnet:?xt=urn:btih:${infoHash}&x.pe=127.0.0.1:${port}`
  const api = `${server.url}/api/v1/torrents`
  await request(api, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ magnet, policy: 'kept' }) })
  for (;;) {
    const { progress } = await (await fetch(`${api}/${infoHash}`)).json()
    if (progress === 1) break
    await sleep(100)
  }
  await seeder.stop()
  const url = `${server.url}/stream/${infoHash}/${name}`
  await sleep(2000)
  await whole(url)
  return { ...server, url }
}

async function webtorrent () {
  const server = await peer('stream-server.mjs', ['--out', folder], { fastIce: false })
  const { url } = await server.ask({ torrent, held: path.dirname(file) }, line => line.serving && line)
  return { ...server, url }
}

const kinds = {
  memory: () => seeded('1G'),
  disk: fetched,
  seeded: () => seeded('32M'),
  nginx: async () => { const server = await nginx(path.join(folder, 'nginx'), path.dirname(file)); return { ...server, url: `${server.url}/${name}` } },
  webtorrent
}
const workloads = [1, 8, 32, 64].flatMap(connections => [
  { what: `1 MiB ranges, ${connections} connection${connections > 1 ? 's' : ''}`, rangeBytes: RANGE, connections },
  ...(connections === 64 ? [] : [{ what: `whole file, ${connections} connection${connections > 1 ? 's' : ''}`, rangeBytes: 0, connections }])
]).sort((a, b) => b.rangeBytes - a.rangeBytes)

readFileSync(file)
const servers = {}
for (const [kind, begin] of Object.entries(chosen(kinds))) servers[kind] = await begin()
/** All workloads once. */
async function measure (kind) {
  const { url, pid } = servers[kind]
  const all = {}
  for (const { what, rangeBytes, connections } of workloads) {
    const before = cpuSeconds(pid)
    all[what] = await wrk(url, { fileBytes: LENGTH, rangeBytes, connections, seconds: SECONDS })
    all[what].cores = (cpuSeconds(pid) - before) / SECONDS
  }
  return all
}
const results = await inTurns(runs(3), Object.fromEntries(Object.keys(servers).map(kind => [kind, () => measure(kind)])), { warmUps: 2 })
for (const server of Object.values(servers)) await server.stop()

const figures = (kind, what) => (results[kind] ?? []).map(all => all[what].mbps)
const others = what => Object.fromEntries([['nginx', 'nginx'], ['webtorrent', 'webtorrent']].map(([shown, kind]) => [shown, figures(kind, what)]))
for (const kind of ['memory', 'disk', 'seeded']) {
  const from = { memory: 'memory', disk: 'the disk tier', seeded: 'a seeded file' }[kind]
  if (results[kind]) {
    console.log(`from ${from}`)
    comparison(`hot-ranges-${kind}`, `A file that is held: ours from ${from}`, workloads.map(({ what }) => ({ what, unit: 'MB/s', ours: figures(kind, what), theirs: others(what) })))
    console.log(workloads.map(({ what }) => `${what}: p50 ${results[kind].at(-1)[what].p50} ms, p99 ${results[kind].at(-1)[what].p99} ms, ${results[kind].at(-1)[what].cores.toFixed(2)} cores`).join('\n'))
  }
}
process.exit(Object.values(results).every(all => all.length > 0) ? 0 : 1)
