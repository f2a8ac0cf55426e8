// How a page tells a frame what to play: in the fragment of the frame's URL, which no server sees.

export interface PlayerOptions {
  /** The torrent as the page names it: a magnet link, an infohash or a URL. */
  readonly src: string
  readonly path: string | null
  readonly poster: string | null
  readonly autoplay: boolean
  readonly muted: boolean
  readonly loop: boolean
  readonly controls: boolean
  /** Seconds. */
  readonly start: number
  /** Subtitles to offer: a path in the torrent, `none`, or null for those beside the file. */
  readonly subtitles: string | null
  readonly p2p: 'auto' | 'off' | 'only'
}

type Get = (name: string) => string | null

const flag = (value: string | null): boolean => value !== null && value !== 'false'

/** Options from wherever they stand as words: attributes, `data-` attributes, a fragment. */
export function playerOptions(get: Get): PlayerOptions {
  const start = Number(get('start') ?? 0)
  const p2p = get('p2p')
  return {
    src: get('src') ?? '',
    path: get('path') || null,
    poster: get('poster') || null,
    autoplay: flag(get('autoplay')),
    muted: flag(get('muted')),
    loop: flag(get('loop')),
    controls: get('controls') !== 'false',
    start: Number.isFinite(start) && start > 0 ? start : 0,
    subtitles: get('subtitles') || null,
    p2p: p2p === 'off' || p2p === 'only' ? p2p : 'auto'
  }
}

export function toFragment(options: PlayerOptions, origin: string): string {
  const fragment = new URLSearchParams({ origin })
  for (const [name, value] of Object.entries(options) as [string, string | number | boolean | null][]) {
    if (name === 'controls' ? value === false : value) fragment.set(name, String(value))
  }
  return fragment.toString()
}

export function fromFragment(fragment: string): { options: PlayerOptions; origin: string | null } {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''))
  const origin = parameters.get('origin')
  return {
    options: playerOptions(name => parameters.get(name)),
    origin: origin && /^https?:\/\/[^/]+$/.test(origin) ? origin : null
  }
}
