// A headless Chromium plays a video: from a page that has one, or from a bare URL in a page of another origin.
//   node browser-play.mjs --page URL | --video URL  [--seek 0.8] [--play-ms 1500] [--screenshot FILE] [--timeout SECONDS] [--no-webrtc]
// It waits until the picture moves, lets it play a little, seeks to that part of the length, and waits for the end.
// Last line: {"done":true, playingMs, seekMs, ended, currentTime, duration, frames, dropped, audioBytes, videoBytes, width, height, src}
import { chromium } from './chromium.mjs'
import { args, endWithParent, fail, say, sleep } from './lib.mjs'
import { pageServer } from './page-server.mjs'

const a = args({ page: '', video: '', seek: 0.8, 'play-ms': 1500, screenshot: '', timeout: 60, 'no-webrtc': false })
const pages = await pageServer()
const browser = await chromium()
endWithParent(browser.end)
const { page } = browser
const timeout = a.timeout * 1000
page.setDefaultTimeout(timeout)
if (a['no-webrtc']) await page.addInitScript(() => { delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection })

/** The video as it is now; nothing while the page has none. */
const snapshot = () => page.evaluate(() => {
  const v = document.querySelector('video')
  if (!v) return null
  const quality = v.getVideoPlaybackQuality()
  return {
    src: v.currentSrc, readyState: v.readyState, networkState: v.networkState, paused: v.paused, seeking: v.seeking, ended: v.ended,
    currentTime: v.currentTime, duration: v.duration, frames: quality.totalVideoFrames, dropped: quality.droppedVideoFrames,
    audioBytes: v.webkitAudioDecodedByteCount, videoBytes: v.webkitVideoDecodedByteCount, width: v.videoWidth, height: v.videoHeight,
    error: v.error?.message
  }
})

/** Waits until `condition` holds for the video. Asked from here, since a strict page lets nobody compile code inside it. */
async function until (what, condition) {
  const end = performance.now() + timeout
  for (;;) {
    const v = await snapshot()
    if (v?.error) throw new Error(`the video failed before it ${what}: ${v.error}`)
    if (v && condition(v)) return v
    if (performance.now() > end) throw new Error(`the video has not ${what} within ${a.timeout} s`)
    await sleep(20)
  }
}

try {
  if (a.page) {
    await page.goto(a.page)
  } else {
    await page.goto(`${pages.url}/empty.html`)
    await page.evaluate(src => {
      const v = document.createElement('video')
      v.controls = true
      v.src = src
      document.body.append(v)
    }, a.video)
  }
  say({ ready: true })
  const t0 = performance.now()
  await until('loaded its metadata', v => v.src && v.readyState >= 1)
  await page.evaluate(() => document.querySelector('video').play())
  await until('played', v => !v.paused && v.currentTime > 0.05)
  const playingMs = Math.round(performance.now() - t0)
  say({ playing: true, playingMs })
  await sleep(a['play-ms'])
  if (a.screenshot) await page.screenshot({ path: a.screenshot })
  const t1 = performance.now()
  const target = await page.evaluate(part => {
    const v = document.querySelector('video')
    v.currentTime = v.duration * part
    return v.currentTime
  }, a.seek)
  await until('sought', v => !v.seeking && v.currentTime > target + 0.05)
  const seekMs = Math.round(performance.now() - t1)
  say({ sought: true, seekMs })
  const result = await until('ended', v => v.ended)
  const webrtc = await page.evaluate(() => 'RTCPeerConnection' in window)
  say({ done: true, playingMs, seekMs, webrtc, ...result, problems: browser.problems })
  await browser.end()
  process.exit(0)
} catch (e) {
  const state = { video: await snapshot().catch(() => null), text: await page.evaluate(() => document.body.innerText.slice(0, 500)).catch(() => '') }
  if (a.screenshot) await page.screenshot({ path: a.screenshot }).catch(() => {})
  await browser.end()
  fail(`browser-play: ${e.message}`, { ...state, problems: browser.problems })
}
