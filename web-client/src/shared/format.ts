// Figures in words.
import type { PeerCounts, Torrent } from './torrent.ts'

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB']

export function bytes(count: number): string {
  let left = count
  let unit = 0
  while (left >= 1000 && unit < UNITS.length - 1) {
    left /= 1000
    unit++
  }
  return `${unit === 0 || left >= 100 ? Math.round(left) : left.toFixed(1)} ${UNITS[unit]}`
}

export const rate = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`

/** Whole percents; 100 only when nothing is missing. */
export const percent = (part: number): string => `${part >= 1 ? 100 : Math.min(99, Math.round(part * 100))} %`

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

/** Who a torrent is exchanged with. */
export function peers({ webrtc, tcp, webSeeds }: PeerCounts): string {
  const kinds = [webrtc ? `${webrtc} WebRTC` : '', tcp ? `${tcp} TCP` : ''].filter(Boolean)
  const all = kinds.length ? [`${kinds.join(' and ')} ${webrtc + tcp === 1 ? 'peer' : 'peers'}`] : []
  if (webSeeds) all.push(count(webSeeds, 'web seed', 'web seeds'))
  return all.join(', ') || 'no peers'
}

export const viewers = (n: number): string => count(n, 'other viewer', 'other viewers')

export const connected = ({ webrtc, tcp, webSeeds }: PeerCounts): number => webrtc + tcp + webSeeds

/** A torrent's state in one line. */
export function state(torrent: Torrent): string {
  if (torrent.phase === 'error') return torrent.error ?? 'It cannot be used.'
  if (torrent.phase === 'metadata') {
    return connected(torrent.peers)
      ? `Fetching the list of files from ${peers(torrent.peers)}`
      : 'Looking for somebody who has the list of files'
  }
  const parts = [bytes(torrent.length), `${percent(torrent.progress)} here`, peers(torrent.peers)]
  if (torrent.downloadRate) parts.push(`${rate(torrent.downloadRate)} in`)
  if (torrent.uploadRate) parts.push(`${rate(torrent.uploadRate)} out`)
  return parts.join(' · ')
}
