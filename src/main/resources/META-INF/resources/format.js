// Figures in words.
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB']

export function bytes (n) {
  let unit = 0
  while (n >= 1000 && unit < UNITS.length - 1) {
    n /= 1000
    unit++
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${UNITS[unit]}`
}

const count = (n, one, many) => `${n} ${n === 1 ? one : many}`

/** Who the torrent is exchanged with. */
export function peers ({ webrtc = 0, tcp = 0, webSeeds = 0 }) {
  const kinds = []
  if (webrtc) kinds.push(`${webrtc} WebRTC`)
  if (tcp) kinds.push(`${tcp} TCP`)
  const all = kinds.length ? [`${kinds.join(' and ')} ${webrtc + tcp === 1 ? 'peer' : 'peers'}`] : []
  if (webSeeds) all.push(count(webSeeds, 'web seed', 'web seeds'))
  return all.join(', ') || 'no peers'
}

export const connected = ({ webrtc = 0, tcp = 0, webSeeds = 0 }) => webrtc + tcp + webSeeds > 0

export const percent = part => `${part === 1 ? 100 : Math.min(99, Math.round(part * 100))} %`

/** A torrent's state in one line. */
export function state (torrent) {
  if (torrent.phase === 'error') return torrent.error ?? 'It cannot be used.'
  if (torrent.phase === 'metadata') {
    return connected(torrent.peers) ? `Fetching the metadata from ${peers(torrent.peers)}` : 'Looking for somebody who has the metadata'
  }
  const parts = [bytes(torrent.length), `${percent(torrent.progress)} here`, peers(torrent.peers)]
  if (torrent.downloadRate) parts.push(`${bytes(torrent.downloadRate)}/s in`)
  if (torrent.uploadRate) parts.push(`${bytes(torrent.uploadRate)}/s out`)
  return parts.join(' · ')
}
