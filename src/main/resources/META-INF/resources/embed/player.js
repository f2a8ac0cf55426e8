// The page inside the frame: plays /stream of its own URL and tells the truth while one waits.
const [, , infohash, ...path] = location.pathname.split('/')
const video = document.getElementById('video')
const status = document.getElementById('status')

const say = text => { status.textContent = text }

const explain = torrent => {
  if (torrent.phase === 'error') return torrent.error ?? 'This torrent cannot be played.'
  const peers = torrent.peers.webrtc + torrent.peers.tcp + torrent.peers.webSeeds
  if (torrent.phase === 'metadata') return peers ? 'Fetching what the torrent holds…' : 'Looking for peers…'
  return peers || torrent.progress === 1 ? 'Waiting for the first bytes…' : 'Looking for peers…'
}

const ask = async () => {
  const answer = await fetch(`/api/v1/torrents/${infohash}`)
  const torrent = await answer.json()
  return answer.ok ? torrent : Promise.reject(new Error(torrent.detail))
}

const started = new Promise(resolve => video.addEventListener('loadeddata', resolve, { once: true }))

const report = async () => {
  let playing = false
  started.then(() => { playing = true; say('') })
  while (!playing) {
    try {
      const now = explain(await ask())
      if (!playing) say(now)
    } catch (failure) {
      say(failure.message)
    }
    await new Promise(resolve => setTimeout(resolve, 1000))
  }
}

// A gateway that is still looking for peers answers 503 after a while; the player then asks again.
video.addEventListener('error', () => setTimeout(() => { video.load() }, 2000))
video.src = `/stream/${infohash}${path.length ? '/' + path.join('/') : ''}`
report()
