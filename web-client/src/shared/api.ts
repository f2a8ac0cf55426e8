// The gateway's JSON API, relative to a base, so that a prefix of a proxy does no harm.
import type { Torrent } from './torrent.ts'

/** An answer that was a problem (RFC 9457); its message is meant for the reader of the page. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number
  ) {
    super(message)
  }
}

/** What a problem answer says, in a sentence. */
export async function explain(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null)
  const told = (name: string): string | null => {
    const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : null
    return typeof value === 'string' ? value : null
  }
  const text = told('detail') ?? told('title') ?? `The gateway answered ${response.status}.`
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export interface Peer {
  readonly id: string
  readonly transport: 'webrtc' | 'tcp' | 'web-seed'
  readonly address: string
  readonly client: string
  readonly progress: number
  readonly downloaded: number
  readonly uploaded: number
  readonly downloadRate: number
  readonly uploadRate: number
}

export interface Pieces {
  readonly count: number
  readonly held: number
  readonly states: string
}

const TORRENTS = 'api/v1/torrents'

export class Api {
  /** @param askToken asked once for each change that is answered 401; null when the reader has none */
  constructor(
    private readonly base: string,
    private readonly askToken: (why: string) => Promise<string | null> = () => Promise.resolve(null)
  ) {}

  private token: string | null = null

  list(): Promise<Torrent[]> {
    return this.call<Torrent[]>(TORRENTS)
  }

  torrent(infohash: string): Promise<Torrent> {
    return this.call<Torrent>(`${TORRENTS}/${infohash}`)
  }

  peers(infohash: string): Promise<Peer[]> {
    return this.call<Peer[]>(`${TORRENTS}/${infohash}/peers`)
  }

  pieces(infohash: string): Promise<Pieces> {
    return this.call<Pieces>(`${TORRENTS}/${infohash}/pieces`)
  }

  remove(infohash: string): Promise<void> {
    return this.call<void>(`${TORRENTS}/${infohash}`, { method: 'DELETE' })
  }

  add(request: Readonly<Record<string, string>>): Promise<Torrent> {
    return this.call<Torrent>(TORRENTS, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request)
    })
  }

  upload(file: File): Promise<Torrent> {
    const form = new FormData()
    form.append('torrent', file)
    return this.call<Torrent>(TORRENTS, { method: 'POST', body: form })
  }

  private async call<T>(path: string, init: RequestInit = {}): Promise<T> {
    let response = await this.fetch(path, init)
    if (response.status === 401) {
      this.token = await this.askToken(await explain(response.clone()))
      if (this.token) response = await this.fetch(path, init)
    }
    if (!response.ok) throw new Problem(await explain(response), response.status)
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.token) headers.set('authorization', `Bearer ${this.token}`)
    try {
      return await fetch(new URL(path, this.base), { cache: 'no-store', ...init, headers })
    } catch {
      throw new Problem('The gateway does not answer.', 0)
    }
  }
}
