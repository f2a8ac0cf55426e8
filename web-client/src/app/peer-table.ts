// Who the torrent is exchanged with, and by which transport.
import type { Peer } from '../shared/api.ts'
import { el, foreign } from '../shared/dom.ts'
import { bytes, percent, rate } from '../shared/format.ts'
import { SERIES, type Sample } from './plot.ts'

const MOST = 50
const NAMES = { webrtc: 'WebRTC', tcp: 'TCP', 'web-seed': 'Web seed' } as const

export function showPeers(body: HTMLTableSectionElement, peers: readonly Peer[]): void {
  const rows = [...peers]
    .sort((a, b) => b.downloadRate + b.uploadRate - a.downloadRate - a.uploadRate)
    .slice(0, MOST)
    .map(peer =>
      el(
        'tr',
        {},
        el('td', {}, el('span', { class: `dot ${peer.transport}` }), NAMES[peer.transport]),
        el('td', { class: 'who' }, foreign(peer.client || peer.address)),
        el('td', {}, percent(peer.progress)),
        el('td', {}, rate(peer.downloadRate)),
        el('td', {}, rate(peer.uploadRate)),
        el('td', { class: 'wide' }, bytes(peer.downloaded))
      )
    )
  body.replaceChildren(...rows)
}

/** What flows in by each transport, and out in all. */
export function sampleOf(peers: readonly Peer[]): Sample {
  const sample = Object.fromEntries(SERIES.map(name => [name, 0])) as Record<(typeof SERIES)[number], number>
  for (const peer of peers) {
    sample[peer.transport] += peer.downloadRate
    sample.out += peer.uploadRate
  }
  return sample
}
