// How soon the gateway answers: from the start of the process to the first answer over HTTP, with the start-up cache and without, and of
// `./sluice serve` as a person types it. webtorrent's own server in Node stands beside it.
//   ./sluice bench start          RUNS=7
import path from 'node:path'
import { insideNamespace, javaOptions, median, peer, report, root, scratch, start } from './lib.mjs'

insideNamespace()
const RUNS = Number(process.env.RUNS ?? 7)
const folder = scratch()
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
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
  'webtorrent 3.0.21, its server in Node': async () => {
    const t0 = performance.now()
    const server = await peer('stream-server.mjs', ['--tracker', 'ws://127.0.0.1:1/', '--out', folder], { fastIce: false })
    const ms = performance.now() - t0 // it listens
    await server.stop()
    return ms
  }
}

const times = Object.fromEntries(Object.keys(ways).map(way => [way, []]))
for (let run = 0; run < RUNS; run++) {
  for (const [way, measure] of Object.entries(ways)) times[way].push(await measure())
}
const ours = median(times.Sluice)
report('start', Object.entries(times).map(([system, all]) => ({
  system, 'median ms': Math.round(median(all)), 'slowest ms': Math.round(Math.max(...all)), 'beside Sluice': Number((median(all) / ours).toFixed(2))
})))
process.exit(0)
