import type { HttpSource } from './sources.ts'

/** Without a byte for so long a request is given up, and what it was to bring is asked for again. */
const STALL_MS = 20_000

/** Ranges of one file from the gateway; `count` is told of every byte. */
export function httpSource(url: string, count: (bytes: number) => void): HttpSource {
  return {
    async *read(first, last, signal) {
      const stop = new AbortController()
      const end = (): void => stop.abort()
      signal.addEventListener('abort', end)
      let timer = setTimeout(end, STALL_MS)
      try {
        const response = await fetch(url, {
          headers: { range: `bytes=${first}-${last}` },
          signal: stop.signal
        })
        if (response.status !== 206 || !response.body)
          throw new Error(`the gateway answered ${response.status}`)
        const reader = response.body.getReader()
        let left = last - first + 1
        try {
          for (;;) {
            const { done, value } = await reader.read()
            if (done) break
            clearTimeout(timer)
            timer = setTimeout(end, STALL_MS)
            count(value.length)
            left -= value.length
            yield value
          }
        } finally {
          reader.cancel().catch(() => {})
        }
        if (left !== 0) throw new Error('the answer ended early')
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
      }
    }
  }
}
