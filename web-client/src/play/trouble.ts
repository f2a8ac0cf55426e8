// Why a media element failed, in words, and the next try. The element itself says little; the gateway's own answer says more.
import { explain } from '../shared/api.ts'

const RETRY_SECONDS = 3

/** Answers that no further try would change; 429 says when to come back. */
const isLasting = (status: number): boolean => status >= 400 && status < 500 && status !== 429

export class Trouble {
  /** What is being tried again. */
  passing: string | null = null
  /** What no further try would mend. */
  final: string | null = null

  private readonly closed = new AbortController()
  private retry = 0

  constructor(
    private readonly media: HTMLMediaElement,
    private readonly url: string,
    private readonly reload: () => void
  ) {
    media.addEventListener('error', () => void this.diagnose(), { signal: this.closed.signal })
    for (const event of ['canplay', 'playing']) {
      media.addEventListener(event, () => (this.passing = null), { signal: this.closed.signal })
    }
  }

  give(why: string): void {
    this.final = why
  }

  private async diagnose(): Promise<void> {
    const { error } = this.media
    if (!error) return
    let again = 0
    try {
      const response = await fetch(this.url, {
        headers: { range: 'bytes=0-0' },
        cache: 'no-store',
        signal: this.closed.signal
      })
      const type = response.headers.get('content-type') ?? 'this type'
      if (response.ok && error.code !== MediaError.MEDIA_ERR_NETWORK) {
        this.final = `This browser cannot play this ${type.split(';')[0]} file. A player such as VLC may.`
      } else if (isLasting(response.status)) {
        this.final = await explain(response)
      } else {
        this.passing = response.ok ? 'The file stopped coming; trying again.' : await explain(response)
        again = Number(response.headers.get('retry-after')) || RETRY_SECONDS
      }
    } catch {
      if (this.closed.signal.aborted) return
      this.passing = 'The gateway does not answer; trying again.'
      again = RETRY_SECONDS
    }
    if (again && !this.closed.signal.aborted) this.retry = window.setTimeout(this.reload, again * 1000)
  }

  close(): void {
    this.closed.abort()
    clearTimeout(this.retry)
  }
}
