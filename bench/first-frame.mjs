// From opening a page to the first frame of a film whose only seeder is a WebRTC peer: the snippet of a gateway that knows nothing of the
// torrent yet, beside webtorrent's own way to stream into a page (its service worker and streamTo). The systems take turns on one swarm;
// each run has a fresh browser, and a fresh gateway that is already listening.
// The clock starts with the navigation, and stops when the browser shows the frame. PHASES=1 tells what came when.
//   ./sluice bench first-frame
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { comparison, film, gateway, insideNamespace, inTurns, peer, runs, scratch } from './lib.mjs'

insideNamespace()
const RUNS = runs(5)
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

const theirs = 'webtorrent 3.0.21 in the page'
const times = await inTurns(RUNS, { Sluice: sluice, [theirs]: webtorrent })
await seeder.stop()
await tracker.stop()
comparison('first-frame', 'From opening the page to the first frame', [
  { what: 'a cold torrent, one WebRTC seeder', unit: 'ms', ours: times.Sluice, theirs: { [theirs]: times[theirs] }, aim: '0.5 or less' }
])
process.exit(times.Sluice.length === RUNS ? 0 : 1)
