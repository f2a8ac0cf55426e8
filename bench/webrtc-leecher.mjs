// 512 MiB to webtorrent leechers in Node over WebRTC: from the gateway, and from webtorrent in Node as it is, in pieces of the same length; beside a bare data channel between two
// Node processes, and one from the gateway's own library to Node (bench/java/RawChannel.java). Then the same from the gateway and from webtorrent to several leechers at once, each of 64 MiB: bytes of all of them by the time of the last.
//   ./sluice bench webrtc-leecher          RUNS=3 LEECHERS=2,4 ONLY=Sluice
import path from 'node:path'
import { calm, chosen, cpuSeconds, gateway, insideNamespace, media, median, peer, report, root, runs, scratch, scripted, start } from './lib.mjs'

insideNamespace()
const RUNS = runs(3)
const LEECHERS = (process.env.LEECHERS ?? '2,4').split(',').filter(Boolean).map(Number)
const folder = scratch()
const large = media('random-512M.bin', 512 << 20)
const small = media('random-64M.bin', 64 << 20)

const seeders = chosen({
  'Sluice': async file => {
    const server = await gateway(path.join(folder, `gateway-${path.basename(file)}`), {}, file)
    for (;;) {
      const [torrent] = await (await fetch(`${server.url}/api/v1/torrents`)).json()
      if (torrent?.phase === 'ready') return { ...server, infoHash: torrent.infohash, pieceLength: torrent.pieceLength, tracker: `${server.url.replace('http', 'ws')}/announce` }
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  },
  'webtorrent 3.0.21': async (file, pieceLength = 1 << 20) => {
    const tracker = await scripted('tracker.mjs', [])
    const seeder = await peer('seeder.mjs', ['--path', file, '--tracker', tracker.ready.ws, '--piece-length', String(pieceLength)])
    return { ...seeder, infoHash: seeder.ready.infoHash, tracker: tracker.ready.ws, stop: async () => { await seeder.stop(); await tracker.stop() } }
  }
})

let number = 0
const leecher = async seeder => {
  const child = await peer('leecher.mjs', ['--source', seeder.infoHash, '--tracker', seeder.tracker, '--out', path.join(folder, `leecher-${number++}`), '--timeout', '200'])
  return { child, done: child.until(line => line.done && line, 210000) }
}

async function one (seeder) {
  const before = cpuSeconds(seeder.pid)
  const { child, done } = await leecher(seeder)
  const { MBps, length } = await done
  const cpu = cpuSeconds(seeder.pid) - before
  await child.stop()
  return { MBps, cpuPerGB: cpu / (length / 1e9) }
}

async function several (seeder, count) {
  const all = await Promise.all(Array.from({ length: count }, () => leecher(seeder)))
  const results = await Promise.all(all.map(({ done }) => done))
  await Promise.all(all.map(({ child }) => child.stop()))
  const ms = Math.max(...results.map(r => r.doneMs)) - Math.min(...results.map(r => r.wireMs))
  return { MBps: results.reduce((sum, r) => sum + r.length, 0) / 1e3 / ms }
}

const BARE_BYTES = 256e6
const libraries = path.join(root, 'target/quarkus-app/lib/main/*')
async function fromJava () {
  const child = start(path.join(process.env.JAVA_HOME, 'bin/java'), [
    '--enable-native-access=ALL-UNNAMED', '-cp', libraries, path.join(root, 'bench/java/RawChannel.java'), String(BARE_BYTES)
  ])
  await child.until(line => line.ready)
  return child
}

async function bare (sender) {
  const answer = await scripted('raw-channel.mjs', ['--answer', '--bytes', String(BARE_BYTES)], ['fast-ice.mjs'])
  const offer = await sender()
  const before = cpuSeconds(offer.pid)
  // each line of one end in turn: a signal is for the other end
  const relay = async (from, to) => {
    for (let at = 0; ; at++) {
      const line = await from.until(each => each, 60000, at)
      if (line.done) return line
      if (line.signal) to.tell({ signal: line.signal })
    }
  }
  try {
    const { MBps } = await Promise.race([relay(answer, offer), relay(offer, answer)])
    return { MBps, cpuPerGB: (cpuSeconds(offer.pid) - before) / (BARE_BYTES / 1e9) }
  } finally {
    await offer.stop()
    await answer.stop()
  }
}

const results = {}
const note = (name, result) => { (results[name] ??= []).push(result) }
async function attempt (run, name, measure) {
  await calm()
  try {
    const result = await measure()
    if (run >= 0) note(name, result)
  } catch (e) {
    failed++
    console.error(`${name}: ${e.message}`)
  }
}
let failed = 0
for (const [file, loads] of [[large, [1]], [small, LEECHERS]]) {
  if (loads.length === 0) continue
  const up = {}
  for (const [name, make] of Object.entries(seeders)) up[name] = await make(file, up.Sluice?.pieceLength)
  // a run below zero warms the seeders up and does not count
  for (let run = -1; run < RUNS; run++) {
    if (run >= 0 && file === large && !process.env.ONLY) {
      await attempt(run, 'a bare channel, Node to Node', () => bare(() => scripted('raw-channel.mjs', ['--bytes', String(BARE_BYTES)])))
      await attempt(run, "a bare channel, the gateway's library to Node", () => bare(fromJava))
    }
    for (const count of loads) {
      for (const name of Object.keys(seeders)) {
        const what = `${name}, ${count} leecher${count > 1 ? 's' : ''}`
        await attempt(run, what, () => count === 1 ? one(up[name]) : several(up[name], count))
      }
    }
  }
  for (const server of Object.values(up)) await server.stop()
}
const speed = name => median(results[name].map(r => r.MBps))
const against = name => results[name.replace('Sluice', 'webtorrent 3.0.21')]
report('webrtc-leecher', Object.entries(results).map(([name, all]) => ({
  what: name,
  'MB/s': Math.round(speed(name) * 10) / 10,
  'all MB/s': all.map(r => Math.round(r.MBps)).join(' '),
  ...(all[0].cpuPerGB ? { 'CPU s/GB': Number(median(all.map(r => r.cpuPerGB)).toFixed(1)) } : {}),
  ...(name.startsWith('Sluice') && against(name) ? { 'by webtorrent': Number((speed(name) / median(against(name).map(r => r.MBps))).toFixed(2)) } : {})
})))
process.exit(failed ? 1 : 0)
