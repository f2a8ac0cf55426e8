// The page of one torrent: player, files, links, pieces, peers and their rates.
import type { Api } from '../shared/api.ts'
import { el, foreign, setText, visible } from '../shared/dom.ts'
import { bytes } from '../shared/format.ts'
import { pick, playable, streamPath, type Torrent, type TorrentFile } from '../shared/torrent.ts'
import { copyRow } from './copy.ts'
import { sampleOf, showPeers } from './peer-table.ts'
import { drawPieces } from './piece-map.ts'
import { Player } from './player.ts'
import { RatePlot, SERIES } from './plot.ts'

const POLL_MS = 1000
const LEGEND = { webrtc: 'WebRTC in', tcp: 'TCP in', 'web-seed': 'Web seeds in', out: 'Out' } as const

/** The line that puts a player into any page. */
export function snippetOf(base: URL, infohash: string, file: TorrentFile | null): string {
  const quote = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  const path = file ? ` path="${quote(file.path)}"` : ''
  return `<script src="${base}embed.js" async></script>\n<sluice-player src="${infohash}"${path}></sluice-player>`.replace(
    '\n',
    ''
  )
}

/** A file's path without the folder that all files are in, which the heading names. */
const shown = (torrent: Torrent, file: TorrentFile): string =>
  torrent.files.length > 1 ? file.path.slice(file.path.indexOf('/') + 1) : file.path

export class Detail {
  private readonly player = new Player()
  private readonly name = el('h1', { id: 'watch-name', tabindex: -1 })
  private readonly files = el('ul', { class: 'files', 'aria-label': 'Files' })
  private readonly links = el('div', { class: 'links' })
  private readonly pieces = el('canvas', { class: 'pieces', role: 'img', 'aria-label': 'Pieces' })
  private readonly plotCanvas = el('canvas', { class: 'plot', role: 'img', 'aria-label': 'Rates' })
  private readonly plotTop = el('span', { class: 'top' })
  private readonly plot = new RatePlot(this.plotCanvas, this.plotTop)
  private readonly peers = el('tbody')
  private torrent: Torrent | null = null
  private timer = 0

  constructor(
    private readonly section: HTMLElement,
    private readonly api: Api
  ) {}

  get infohash(): string | null {
    return this.torrent?.infohash ?? null
  }

  /** Shows a torrent as the gateway tells it; called again with each news. */
  show(torrent: Torrent, autoplay: boolean): void {
    const isNew = this.torrent?.infohash !== torrent.infohash
    const grown = isNew || this.torrent?.files.length !== torrent.files.length
    if (isNew) this.open()
    this.torrent = torrent
    setText(this.name.firstElementChild ?? this.name, visible(torrent.name))
    document.title = `${visible(torrent.name)} · Sluice`
    if (grown) {
      this.listFiles(torrent)
      this.listLinks(torrent)
    }
    const file = torrent.phase === 'ready' && !this.player.file ? pick(torrent, null) : null
    if (file) this.play(torrent, file, autoplay)
    this.player.tell(torrent)
  }

  hide(): void {
    if (!this.torrent) return
    this.torrent = null
    clearInterval(this.timer)
    this.player.close()
    this.section.replaceChildren()
    this.section.hidden = true
    document.title = 'Sluice'
  }

  private open(): void {
    this.player.close()
    clearInterval(this.timer)
    this.name.replaceChildren(foreign(''))
    const legend = el(
      'ul',
      { class: 'legend', 'aria-hidden': 'true' },
      ...SERIES.map(name => el('li', {}, el('span', { class: `dot ${name}` }), LEGEND[name]))
    )
    const heads = ['By', 'Who', 'Has', 'In', 'Out', 'Received']
    const table = el(
      'table',
      {},
      el('caption', { class: 'hidden' }, 'Peers of the gateway'),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ...heads.map((head, index) => el('th', { scope: 'col', class: index === 5 ? 'wide' : '' }, head))
        )
      ),
      this.peers
    )
    this.section.replaceChildren(
      el('div', { class: 'bar' }, this.name, el('a', { class: 'button', href: '#' }, 'All torrents')),
      this.player.element,
      el(
        'div',
        { class: 'columns' },
        el('div', {}, el('h2', {}, 'Files'), this.files),
        el('div', {}, el('h2', {}, 'Take it along'), this.links)
      ),
      el('h2', {}, 'Pieces on the gateway'),
      this.pieces,
      el('h2', {}, 'Peers of the gateway'),
      el('div', { class: 'rates' }, this.plotTop, this.plotCanvas, legend),
      el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Peers' }, table)
    )
    this.section.hidden = false
    this.timer = window.setInterval(() => void this.poll(), POLL_MS)
    void this.poll()
  }

  private async poll(): Promise<void> {
    const infohash = this.torrent?.infohash
    if (!infohash || document.hidden) return
    try {
      const [peers, pieces] = await Promise.all([this.api.peers(infohash), this.api.pieces(infohash)])
      if (this.torrent?.infohash !== infohash) return
      showPeers(this.peers, peers)
      this.plot.add(sampleOf(peers))
      drawPieces(this.pieces, pieces)
    } catch {
      // the list says that the gateway does not answer
    }
  }

  private play(torrent: Torrent, file: TorrentFile, autoplay: boolean): void {
    this.player.play(torrent, file, autoplay)
    for (const button of this.files.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.value === String(file.index)))
    }
    this.listLinks(torrent)
  }

  private listFiles(torrent: Torrent): void {
    this.files.replaceChildren(
      ...torrent.files.map(file => {
        const play = el(
          'button',
          {
            type: 'button',
            value: file.index,
            'aria-label': `Play ${visible(file.path)}`,
            'aria-pressed': 'false',
            hidden: !playable(file)
          },
          'Play'
        )
        play.addEventListener('click', () => this.play(this.torrent ?? torrent, file, true))
        const open = el(
          'a',
          {
            class: 'button',
            href: streamPath(torrent, file),
            'aria-label': `Open ${visible(file.path)}`,
            target: '_blank',
            rel: 'noopener'
          },
          'Open'
        )
        return el(
          'li',
          {},
          el('span', { class: 'path' }, foreign(shown(torrent, file))),
          el('span', { class: 'size' }, bytes(file.length)),
          play,
          open
        )
      })
    )
  }

  private listLinks(torrent: Torrent): void {
    const base = new URL('.', document.baseURI)
    const file = this.player.file
    const about = (kind: string): string => new URL(`torrents/${torrent.infohash}.${kind}`, base).href
    const rows = [copyRow('Magnet link', torrent.magnet, torrent.magnet)]
    if (torrent.phase === 'ready') {
      rows.push(
        copyRow('VLC and other players', about('m3u'), about('m3u')),
        copyRow('.torrent file', about('torrent'), about('torrent'))
      )
      if (file) rows.push(copyRow('Stream', file.streamUrl, null), copyRow('Web seed', file.webSeedUrl, null))
      rows.push(copyRow('Player for your page', snippetOf(base, torrent.infohash, file), null))
    }
    this.links.replaceChildren(...rows)
  }
}
