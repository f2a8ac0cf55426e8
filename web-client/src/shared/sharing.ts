// Where this session's bytes come from, who gets some of them, and the switch for that.
import type { Stats } from '../frame/messages.ts'
import type { Playback } from '../play/playback.ts'
import { el, setText } from './dom.ts'
import { bytes, percent, rate, viewers } from './format.ts'
import { setUploadLimit, UPLOAD_CHOICES, uploadLimit } from './preferences.ts'

const summaryOf = (playback: Playback, stats: Stats): string => {
  if (!playback.sharing.on) return playback.sharing.short
  if (playback.httpFails && stats.connections) return `Carried by ${viewers(stats.connections)}`
  return stats.peers
    ? `${percent(stats.offload)} from peers`
    : stats.connections
      ? viewers(stats.connections)
      : 'From the gateway'
}

/** A small panel for one playback, kept up to date by the events of its media element. */
export function sharingPanel(media: HTMLMediaElement, playback: Playback): HTMLElement {
  const summary = el('summary', { 'aria-label': 'Where the bytes come from' })
  const why = el('p')
  const figures = new Map<string, HTMLElement>()
  const list = el('dl')
  for (const name of [
    'Gateway, HTTP',
    'Gateway, WebRTC',
    'Other viewers',
    'Connected to',
    'Sent to others'
  ]) {
    const value = el('dd')
    figures.set(name, value)
    list.append(el('dt', {}, name), value)
  }
  const choice = el(
    'select',
    {},
    ...UPLOAD_CHOICES.map(limit => el('option', { value: limit }, limit ? rate(limit) : 'nothing'))
  )
  choice.value = String(UPLOAD_CHOICES.find(limit => limit >= uploadLimit()) ?? UPLOAD_CHOICES.at(-1))
  choice.addEventListener('change', () => {
    setUploadLimit(Number(choice.value))
    playback.limitUpload(uploadLimit())
  })
  const cap = el('label', {}, 'Send others at most', choice)

  const tell = (): void => {
    const { stats, sharing } = playback
    setText(summary, summaryOf(playback, stats))
    summary.setAttribute('aria-label', `${summary.textContent}. Where the bytes come from`)
    const set = (name: string, text: string): void => setText(figures.get(name) ?? why, text)
    set('Gateway, HTTP', bytes(stats.http))
    set('Gateway, WebRTC', bytes(stats.gateway))
    set('Other viewers', bytes(stats.peers))
    set('Connected to', viewers(stats.connections))
    set('Sent to others', bytes(stats.uploaded))
    setText(
      why,
      sharing.on ? 'Viewers of the same file help each other; every byte is verified.' : sharing.why
    )
    list.hidden = !sharing.on
    cap.hidden = !playback.mayShare
  }
  media.addEventListener('sluice:stats', tell)
  media.addEventListener('sluice:phase', tell)
  tell()
  return el('details', { class: 'sharing' }, summary, el('div', {}, why, list, cap))
}
