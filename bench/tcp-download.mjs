// 512 MiB from one libtorrent seeder over TCP on loopback: through the gateway (magnet to the last byte of /stream), and fetched by libtorrent,
// webtorrent and aria2. All have a magnet and nothing else, find the seeder's address in it (aria2: by a tracker), and take turns.
// The clock runs from the moment a client is told to its last byte; for aria2 from its first block, since it waits a second for its tracker.
// "started anew" is a gateway whose JVM has compiled nothing yet; the others come from one that has been running.
//   ./sluice bench tcp-download          RUNS=5, ONLY=Sluice,libtorrent
import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { gateway, insideNamespace, media, median, peer, peers, report, request, scratch, start } from './lib.mjs'

insideNamespace()
const RUNS = Number(process.env.RUNS ?? 5)
const LENGTH = 512 << 20
const LIMIT_MS = 120000
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

const file = media('random-512M.bin', LENGTH)
const createTorrent = (await import(path.join(peers, 'node_modules/create-torrent/index.js'))).default
const torrentFile = `${file}.torrent`
writeFileSync(torrentFile, await promisify(createTorrent)(file, { announceList: [], createdBy: 'sluice-bench', creationDate: 0, pieceLength: 512 << 10 }))
const folder = scratch()
const out = path.join(folder, 'out')

async function libtorrent (...argv) {
  const child = start('/usr/bin/python3', ['lt.py', ...argv], { cwd: peers })
  return { ...child, ready: await child.until(line => line.ready && line) }
}
const seeder = await libtorrent('--torrent', torrentFile, '--folder', path.dirname(file), '--seed')
const address = `127.0.0.1:${seeder.ready.port}`
const { infoHash } = seeder.ready
const magnet = `magnet:?xt=urn:btih:${infoHash}`
const tracker = await peer('given-peers.mjs', ['--peer', address], { fastIce: false })

/** User and system time of a process so far, in seconds. */
function cpu (pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function sha256 (name) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(name)) hash.update(chunk)
  return hash.digest('hex')
}
const expected = await sha256(file)

// each has a data folder of its own, which it locks
let gateways = 0
const serve = () => gateway(path.join(folder, `gateway-${gateways++}`), { tcp: true })
const api = (server, where, method, body) => request(`${server.url}/api/v1/torrents${where}`, { method, headers: { 'content-type': 'application/json' }, body })

/** From the magnet to the last byte; curl throws them away, since a client in Node would be the slowest part. */
async function streamed (server) {
  const before = cpu(server.pid)
  const t0 = performance.now()
  await api(server, '', 'POST', JSON.stringify({ magnet: `${magnet}&x.pe=${address}` }))
  const curl = start('curl', ['--silent', '--show-error', '--output', '/dev/null', '--write-out', '%{http_code} %{size_download}\n', `${server.url}/stream/${infoHash}/${path.basename(file)}`])
  const line = await curl.until(text => text, LIMIT_MS)
  const ms = performance.now() - t0
  if (line !== `200 ${LENGTH}`) throw new Error(`curl: ${line}`)
  const result = { ms, cpu: cpu(server.pid) - before }
  await api(server, `/${infoHash}`, 'DELETE')
  return result
}

async function anew () {
  const server = await serve()
  try {
    return await streamed(server)
  } finally {
    await server.stop()
  }
}

/** The bytes are right: told apart from how fast they come. */
async function check (server) {
  await api(server, '', 'POST', JSON.stringify({ magnet: `${magnet}&x.pe=${address}` }))
  const answer = await request(`${server.url}/stream/${infoHash}/${path.basename(file)}`)
  if (answer.sha256 !== expected) throw new Error('the gateway gave wrong bytes')
  await api(server, `/${infoHash}`, 'DELETE')
}

async function fetchedByLibtorrent () {
  const leecher = await libtorrent('--magnet', magnet, '--folder', out)
  try {
    const before = cpu(leecher.pid)
    const t0 = performance.now()
    leecher.tell({ cmd: 'connect', peer: address })
    await leecher.until(line => line.done, LIMIT_MS)
    return { ms: performance.now() - t0, cpu: cpu(leecher.pid) - before }
  } finally {
    await leecher.stop()
  }
}

async function fetchedByWebtorrent () {
  const leecher = await peer('tcp-leecher.mjs', ['--source', infoHash, '--peer', address, '--out', out], { fastIce: false })
  try {
    const before = cpu(leecher.pid)
    const done = await leecher.until(line => line.done && line, LIMIT_MS)
    return { ms: done.doneMs, cpu: cpu(leecher.pid) - before }
  } finally {
    await leecher.stop()
  }
}

async function fetchedByAria2 () {
  const leecher = start('aria2c', [
    '--enable-dht=false', '--enable-dht6=false', '--bt-enable-lpd=false', '--enable-peer-exchange=false', '--no-conf=true', '--seed-time=0',
    '--file-allocation=none', '--async-dns=false', '--console-log-level=warn', '--summary-interval=0', `--dir=${out}`,
    `${magnet}&tr=${encodeURIComponent(tracker.ready.http)}`
  ])
  const whole = path.join(out, path.basename(file))
  let t0
  let spent = 0
  const begun = setInterval(() => {
    try {
      spent = cpu(leecher.pid)
      if (t0 === undefined && statSync(whole).blocks > 0) t0 = performance.now()
    } catch {
      // not there yet, or gone already
    }
  }, 5)
  const limit = setTimeout(() => leecher.stop(), LIMIT_MS)
  await leecher.ended
  clearInterval(begun)
  clearTimeout(limit)
  const ms = performance.now() - t0
  if (statSync(whole).size !== LENGTH) throw new Error('aria2 did not come to an end')
  return { ms, cpu: spent }
}

const running = await serve()
await check(running)
const systems = {
  'Sluice': () => streamed(running),
  'Sluice started anew': anew,
  'libtorrent 2.0.8': fetchedByLibtorrent,
  'webtorrent 3.0.21': fetchedByWebtorrent,
  'aria2 1.36': fetchedByAria2
}
const only = process.env.ONLY?.split(',')
const results = Object.fromEntries(Object.keys(systems).filter(name => only?.some(start => name.startsWith(start)) ?? true).map(name => [name, []]))
for (let run = 0; run < RUNS; run++) {
  for (const name of Object.keys(results)) {
    rmSync(out, { recursive: true, force: true })
    mkdirSync(out, { recursive: true })
    await sleep(500)
    try {
      results[name].push(await systems[name]())
    } catch (e) {
      console.error(`${name}, run ${run + 1}: ${e.message}`)
    }
  }
}
await running.stop()
await tracker.stop()
await seeder.stop()
const speed = result => LENGTH / 1e3 / result.ms
const base = median((results['libtorrent 2.0.8'] ?? Object.values(results)[0]).map(speed))
report('tcp-download', Object.entries(results).map(([system, all]) => ({
  system,
  'runs that came': `${all.length}/${RUNS}`,
  'median MB/s': Math.round(median(all.map(speed))),
  'all MB/s': all.map(result => Math.round(speed(result))).join(' '),
  'CPU s': Number(median(all.map(result => result.cpu)).toFixed(2)),
  'ratio to libtorrent': Number((median(all.map(speed)) / base).toFixed(2))
})))
process.exit(Object.values(results).every(all => all.length === RUNS) ? 0 : 1)
