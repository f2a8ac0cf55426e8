// The torrents as they are now, from the gateway's event stream.
import type { Torrent } from '../shared/torrent.ts'

export interface GatewayEvent {
  readonly type: string
  readonly infohash: string
  readonly torrent?: Torrent
}

export interface Live {
  readonly torrents: ReadonlyMap<string, Torrent>
  close(): void
}

/** Follows the stream; the browser connects again by itself, and then everything is told anew. */
export function follow(url: URL, changed: () => void, reachable: (is: boolean) => void): Live {
  const torrents = new Map<string, Torrent>()
  const source = new EventSource(url)
  let fresh = new Set<string>()
  let timer = 0
  source.addEventListener('open', () => {
    reachable(true)
    fresh = new Set()
    clearTimeout(timer)
    // what is not told again after a new connection is gone
    timer = window.setTimeout(() => {
      for (const infohash of torrents.keys()) if (!fresh.has(infohash)) torrents.delete(infohash)
      changed()
    }, 2500)
  })
  source.addEventListener('error', () => reachable(false))
  source.addEventListener('message', message => {
    const event = JSON.parse(String(message.data)) as GatewayEvent
    if (event.type === 'torrent' && event.torrent) {
      fresh.add(event.infohash)
      torrents.set(event.infohash, event.torrent)
    } else if (event.type === 'removed') {
      torrents.delete(event.infohash)
    } else {
      return
    }
    changed()
  })
  return { torrents, close: () => source.close() }
}
