// How soon the gateway answers: from the start of the process to the first answer over HTTP, with the start-up cache and without, and of
// `./sluice serve` as a person types it. webtorrent's own server in Node stands beside it.
//   ./sluice bench start          RUNS=7
import path from 'node:path'
import { chosen, comparison, inTurns, insideNamespace, javaOptions, peer, root, runs, scratch, sleep, start } from './lib.mjs'

insideNamespace()
const RUNS = runs(7)
const WEBTORRENT = 'webtorrent 3.0.21, its server in Node'
const folder = scratch()
let port = 20000

async function answered (url, t0) {
  for (;;) {
    try {
      await (await fetch(url)).arrayBuffer()
      return performance.now() - t0
    } catch { await sleep(5) }
    if (performance.now() - t0 > 90000) throw new Error(`${url} does not answer`)
  }
}

async function sluice (command, argv) {
  port++
  const t0 = performance.now()
  const child = start(command, [...argv, '--port', String(port), '--data', path.join(folder, String(port))], {
    env: { SLUICE_DHT_ENABLED: 'false', SLUICE_TCP_PORT: '0' }
  })
  const ms = await answered(`http://127.0.0.1:${port}/api/v1/torrents`, t0)
  await child.stop()
  return ms
}

const java = path.join(process.env.JAVA_HOME, 'bin/java')
const jar = ['--enable-native-access=ALL-UNNAMED', '-jar', path.join(root, 'target/quarkus-app/quarkus-run.jar')]
const ways = {
  'Sluice': () => sluice(java, [...javaOptions(), ...jar]),
  'Sluice without its start-up cache': () => sluice(java, jar),
  './sluice serve': () => sluice(path.join(root, 'sluice'), ['serve']),
  [WEBTORRENT]: async () => {
    const t0 = performance.now()
    const server = await peer('stream-server.mjs', ['--tracker', 'ws://127.0.0.1:1/', '--out', folder], { fastIce: false })
    const ms = performance.now() - t0 // it listens
    await server.stop()
    return ms
  }
}

const times = await inTurns(RUNS, chosen(ways))
const theirs = { webtorrent: times[WEBTORRENT] ?? [] }
comparison('start', 'From the start of the process to the first answer', [
  { what: 'Sluice', unit: 'ms', ours: times.Sluice ?? [], theirs, aim: '1500' },
  { what: './sluice serve', unit: 'ms', ours: times['./sluice serve'] ?? [], theirs: {}, aim: '2500' },
  { what: 'without the start-up cache', unit: 'ms', ours: times['Sluice without its start-up cache'] ?? [], theirs: {} }
])
process.exit(0)
