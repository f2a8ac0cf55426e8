// Share by drop: the browser seeds the file, the gateway keeps it, and the page says when the tab may close.
import type { Api } from '../shared/api.ts'
import { el, foreign, setText } from '../shared/dom.ts'
import { bytes, percent } from '../shared/format.ts'
import type { Torrent } from '../shared/torrent.ts'
import type { Seed } from '../swarm/seed.ts'

export class Shares {
  private readonly shares = new Map<
    string,
    { line: HTMLElement; bar: HTMLProgressElement; seed: Seed; safe: boolean }
  >()

  constructor(
    private readonly section: HTMLElement,
    private readonly api: Api
  ) {
    // a tab that holds the only copy asks before it goes
    addEventListener('beforeunload', event => {
      if ([...this.shares.values()].some(share => !share.safe)) event.preventDefault()
    })
  }

  /** Hashes and seeds the files, and asks the gateway to keep them. */
  async share(files: readonly File[], tracker: URL): Promise<void> {
    const first = files[0]
    if (!first) return
    const size = files.reduce((sum, file) => sum + file.size, 0)
    const title = files.length === 1 ? first.name : `${first.name} and ${files.length - 1} more`
    const line = el('p', { class: 'state', role: 'status' }, 'Reading the file…')
    const bar = el('progress', {
      max: 1,
      value: 0,
      'aria-label': `Part of ${title} that is safe on the gateway`
    })
    const stop = el(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': `Stop sharing ${title}` },
      'Stop'
    )
    const card = el(
      'div',
      { class: 'share' },
      el('strong', {}, foreign(title), ` · ${bytes(size)}`),
      stop,
      line,
      bar
    )
    this.section.append(card)
    this.section.hidden = false
    try {
      const { Seed } = await import('../swarm/seed.ts')
      const seed = await Seed.of(files, tracker)
      stop.addEventListener('click', () => {
        seed.close()
        this.shares.delete(seed.infohash)
        card.remove()
        this.section.hidden = this.section.childElementCount === 0
      })
      this.shares.set(seed.infohash, { line, bar, seed, safe: false })
      card.dataset['infohash'] = seed.infohash
      setText(line, 'Handing it to the gateway. Keep this tab open.')
      const torrent = await this.api.add({ magnet: seed.magnet, policy: 'kept' })
      seed.announce()
      this.news(torrent)
    } catch (failure) {
      line.classList.add('bad')
      setText(line, failure instanceof Error ? failure.message : 'The file could not be shared.')
    }
  }

  /** What the gateway says of a torrent that this tab shares. */
  news(torrent: Torrent): void {
    const share = this.shares.get(torrent.infohash)
    if (!share) return
    const safe = torrent.safe === true
    const part = torrent.length ? (torrent.safeBytes ?? 0) / torrent.length : 0
    share.safe = safe
    share.bar.value = safe ? 1 : part
    if (torrent.problem) return setText(share.line, `${torrent.problem} Keep this tab open.`)
    setText(
      share.line,
      safe
        ? 'Safe on the gateway: this tab may be closed.'
        : `${percent(part)} is safe on the gateway. Keep this tab open.`
    )
    share.line.classList.toggle('good', safe)
  }
}
