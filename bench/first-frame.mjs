// From opening a page to the first frame of a film whose only seeder is a WebRTC peer: the snippet of a gateway that knows nothing of the
// torrent yet, beside webtorrent's own way to stream into a page (its service worker and streamTo). The systems take turns on one swarm;
// each run has a fresh browser, and a fresh gateway that is already listening.
//   ./sluice bench first-frame
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { film, gateway, insideNamespace, median, peer, report, scratch } from './lib.mjs'

insideNamespace()
const RUNS = Number(process.env.RUNS ?? 5)
const LIMIT_MS = 60000

const page = magnet => `<!doctype html><meta charset="utf-8"><title>webtorrent</title><link rel="icon" href="data:,">
<video controls autoplay muted></video>
<script type="module">
import WebTorrent from '/webtorrent.min.js'
const registration = await navigator.serviceWorker.register('/sw.min.js', { scope: '/' })
const worker = registration.active ?? registration.waiting ?? registration.installing
if (worker.state !== 'activated') {
  await new Promise(resolve => worker.addEventListener('statechange', () => worker.state === 'activated' && resolve()))
}
const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } })
client.createServer({ controller: registration })
client.add(${JSON.stringify(magnet)}, torrent => torrent.files[0].streamTo(document.querySelector('video')))
</script>`

const folder = scratch()
const tracker = await peer('tracker.mjs', [])
const seeder = await peer('seeder.mjs', ['--path', film(), '--tracker', tracker.ready.ws])
const { magnet } = seeder.ready

async function firstFrame (argv) {
  const browser = await peer('browser-embed.mjs', [...argv, '--play-ms', '0', '--timeout', '60'])
  try {
    const { firstFrameMs, times } = await browser.until(line => line.playing && line, LIMIT_MS)
    if (process.env.PHASES) console.log(times.map(([name, ms]) => `${ms}\t${name}`).join('\n'))
    return firstFrameMs
  } finally {
    await browser.stop()
  }
}

async function sluice (run) {
  const server = await gateway(path.join(folder, `sluice-${run}`), {}, '--open')
  try {
    return await firstFrame(['--gateway', server.url, '--src', magnet.replaceAll('&', '&amp;')])
  } finally {
    await server.stop()
  }
}

function webtorrent () {
  const document = path.join(folder, 'webtorrent.html')
  writeFileSync(document, page(magnet))
  return firstFrame(['--document', document])
}

const systems = { 'the snippet, cold gateway': sluice, 'webtorrent 3.0.21 in the page': webtorrent }
const times = Object.fromEntries(Object.keys(systems).map(name => [name, []]))
for (let run = 0; run < RUNS; run++) {
  for (const [name, measure] of Object.entries(systems)) {
    try {
      times[name].push(await measure(run))
    } catch (e) {
      // now and then a pair of peers never connects; that is told, not hidden
      console.error(`${name}, run ${run + 1}: ${e.message}`)
    }
  }
}
await seeder.stop()
await tracker.stop()
const theirs = median(times['webtorrent 3.0.21 in the page'])
report('first-frame', Object.entries(times).map(([system, ms]) => ({
  system, 'runs that came': `${ms.length}/${RUNS}`, 'median ms': median(ms), 'all ms': ms.join(' '), 'ratio to webtorrent': Number((median(ms) / theirs).toFixed(2))
})))
process.exit(times['the snippet, cold gateway'].length === RUNS ? 0 : 1)
