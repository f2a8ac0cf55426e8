// The list of torrents, with a search over names and files.
import { byId, el, foreign, setText, visible } from '../shared/dom.ts'
import { state } from '../shared/format.ts'
import type { Torrent } from '../shared/torrent.ts'

export interface LibraryActions {
  remove(torrent: Torrent): void
}

interface Row {
  readonly item: HTMLLIElement
  readonly name: HTMLElement
  readonly line: HTMLElement
  readonly bar: HTMLProgressElement
  readonly remove: HTMLButtonElement
  torrent: Torrent
}

const matches = (torrent: Torrent, words: readonly string[]): boolean => {
  const text = [torrent.name, torrent.infohash, ...torrent.files.map(file => file.path)]
    .join('\n')
    .toLowerCase()
  return words.every(word => text.includes(word))
}

export class LibraryList {
  private readonly list = byId('torrents')
  private readonly search = byId('search') as HTMLInputElement
  private readonly rows = new Map<string, Row>()
  private last: readonly Torrent[] = []
  private chosen: string | null = null

  constructor(private readonly actions: LibraryActions) {
    this.search.addEventListener('input', () => this.show(this.last, this.chosen))
  }

  /** Rows stay the same elements while they live, so that the keyboard's focus stays where it is. */
  show(torrents: readonly Torrent[], chosen: string | null): void {
    this.last = torrents
    this.chosen = chosen
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean)
    const gone = new Set(this.rows.keys())
    for (const torrent of torrents) {
      gone.delete(torrent.infohash)
      const row = this.rows.get(torrent.infohash) ?? this.add(torrent)
      this.update(row, torrent, chosen)
      row.item.hidden = !matches(torrent, words)
    }
    for (const infohash of gone) {
      this.rows.get(infohash)?.item.remove()
      this.rows.delete(infohash)
    }
    byId('none').hidden = torrents.length > 0
  }

  private add(torrent: Torrent): Row {
    const name = foreign(torrent.name)
    const line = el('p', { class: 'state' })
    const bar = el('progress', { max: 1, value: 0 })
    const remove = el('button', { type: 'button', class: 'quiet' }, 'Remove')
    const item = el(
      'li',
      {},
      el('a', { class: 'name', href: `#${torrent.infohash}` }, name),
      remove,
      line,
      bar
    )
    const row: Row = { item, name, line, bar, remove, torrent }
    remove.addEventListener('click', () => this.actions.remove(row.torrent))
    this.rows.set(torrent.infohash, row)
    this.list.append(item)
    return row
  }

  private update(row: Row, torrent: Torrent, chosen: string | null): void {
    row.torrent = torrent
    const kept = torrent.policy && torrent.policy !== 'cached' ? ` · ${torrent.policy}` : ''
    setText(row.name, visible(torrent.name))
    setText(row.line, torrent.problem ?? state(torrent) + kept)
    row.line.classList.toggle('bad', torrent.phase === 'error' || Boolean(torrent.problem))
    row.bar.value = torrent.progress
    row.bar.setAttribute('aria-label', `Part of ${visible(torrent.name)} that is here`)
    row.remove.setAttribute('aria-label', `Remove ${visible(torrent.name)}`)
    if (torrent.infohash === chosen) row.item.setAttribute('aria-current', 'true')
    else row.item.removeAttribute('aria-current')
  }
}
