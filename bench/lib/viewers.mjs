// Many viewers, each with a play-out clock, in a process of their own: node viewers.mjs, then a line of JSON as in the first line below.
// A viewer keeps a few seconds in hand like a player does, and plays when it has the first second; a stall is a moment at which it has nothing to play.
import http from 'node:http'
import { createInterface } from 'node:readline'

const FIRST_SECONDS = 1
const MOST_SECONDS = 6 // in hand; then it stops reading,
const LEAST_SECONDS = 3 // and goes on reading here
const TICK_MS = 100

/** `urls` of files of `fileBytes`, `count` viewers that join within `joinSeconds`, at `rate` bytes a second each for `seconds`. */
async function watch ({ urls, fileBytes, count, rate, joinSeconds, seconds }) {
  const agent = new http.Agent({ keepAlive: false, maxSockets: Infinity })
  const viewers = []
  let failed = 0
  const lost = (viewer, e) => {
    if (over) return
    failed++
    process.stderr.write(`${e.message} after ${viewer.got} bytes, ${Math.round(performance.now() - viewer.asked)} ms after it was asked for\n`)
  }
  const join = i => {
    const room = fileBytes - rate * (seconds + MOST_SECONDS + 4)
    const first = Math.floor(room * ((i * 0.6180339887) % 1))
    const viewer = { got: 0, began: undefined, asked: performance.now(), stalls: 0, stalledMs: 0, dry: false, startMs: undefined, response: undefined }
    viewers.push(viewer)
    http.get(urls[i % urls.length], { agent, headers: { range: `bytes=${first}-` } }, response => {
      if (response.statusCode !== 206) { failed++; response.destroy(); return }
      viewer.response = response
      response.on('data', data => {
        viewer.got += data.length
        if (viewer.began === undefined && viewer.got >= FIRST_SECONDS * rate) {
          viewer.began = performance.now()
          viewer.startMs = viewer.began - viewer.asked
        }
        if (inHand(viewer) > MOST_SECONDS * rate) response.pause()
      })
      response.on('error', e => lost(viewer, e))
    }).on('error', e => lost(viewer, e))
  }
  const played = viewer => viewer.began === undefined ? 0 : (performance.now() - viewer.began - viewer.stalledMs) / 1000 * rate
  const inHand = viewer => viewer.got - played(viewer)
  let over = false
  let last = performance.now()
  let lateMs = 0
  const clock = setInterval(() => {
    const now = performance.now()
    const passed = now - last
    lateMs = Math.max(lateMs, passed - TICK_MS)
    last = now
    for (const viewer of viewers) {
      if (viewer.began === undefined) continue
      const hand = inHand(viewer)
      if (hand <= 0) {
        if (!viewer.dry) viewer.stalls++
        viewer.dry = true
        viewer.stalledMs += passed
      } else {
        viewer.dry = false
      }
      if (hand < LEAST_SECONDS * rate && viewer.response?.isPaused()) viewer.response.resume()
    }
  }, TICK_MS)
  const t0 = performance.now()
  for (let i = 0; i < count; i++) {
    join(i)
    const due = t0 + (i + 1) / count * joinSeconds * 1000
    if (due > performance.now()) await new Promise(resolve => setTimeout(resolve, due - performance.now()))
  }
  process.stdout.write(JSON.stringify({ joined: viewers.length }) + '\n')
  await new Promise(resolve => setTimeout(resolve, seconds * 1000))
  over = true
  clearInterval(clock)
  const starts = viewers.filter(viewer => viewer.startMs !== undefined).map(viewer => viewer.startMs).sort((x, y) => x - y)
  process.stdout.write(JSON.stringify({
    done: true,
    playing: starts.length,
    failed,
    stalls: viewers.reduce((sum, viewer) => sum + viewer.stalls, 0),
    stalled: viewers.filter(viewer => viewer.stalls > 0).length,
    startP50: starts[starts.length >> 1],
    startP95: starts[Math.floor(starts.length * 0.95)],
    mbps: viewers.reduce((sum, viewer) => sum + viewer.got, 0) / 1e3 / (performance.now() - t0),
    generatorLateMs: lateMs
  }) + '\n')
  process.exit(0)
}

createInterface({ input: process.stdin }).once('line', line => watch(JSON.parse(line)))
