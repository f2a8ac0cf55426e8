// What people give as a torrent: a magnet link, an infohash, or the address of a .torrent file.

export type Source =
  | { readonly kind: 'magnet'; readonly infohash: string; readonly magnet: string }
  | { readonly kind: 'infohash'; readonly infohash: string }
  | { readonly kind: 'url'; readonly url: string }

const HASH = /^(?:[0-9a-f]{40}|[a-z2-7]{32})$/i

export function parseSource(text: string): Source | null {
  const source = text.trim()
  if (HASH.test(source)) return { kind: 'infohash', infohash: source.toLowerCase() }
  if (/^magnet:/i.test(source)) {
    const found = /[?&]xt(?:\.\d+)?=urn:btih:([0-9a-z]+)(?:&|$)/i.exec(source)?.[1] ?? ''
    return HASH.test(found) ? { kind: 'magnet', infohash: found.toLowerCase(), magnet: source } : null
  }
  return /^https?:\/\/./i.test(source) ? { kind: 'url', url: source } : null
}

/** A path inside a torrent as it stands in a URL. */
export const escapePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')
