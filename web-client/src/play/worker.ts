// Gets a service worker to control this page, and serves the ranges that it asks for.
import type { Chunk, Pull, RangeAnswer, RangeAsked } from '../sw/protocol.ts'

/** A worker without messages ends after 30 s, and its streams with it. */
const KEEP_ALIVE_MS = 10_000

const refused = (failure: unknown): string =>
  failure instanceof Error ? `the browser refused it (${failure.name})` : 'the browser refused it'

/** Registers the worker; resolves when it controls this page. Rejects where it cannot, as with storage blocked. */
export async function control(script: URL): Promise<void> {
  try {
    await navigator.serviceWorker.register(script)
  } catch (failure) {
    throw new Error(refused(failure))
  }
  if (navigator.serviceWorker.controller) return
  await new Promise<void>(resolve =>
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true })
  )
}

/** Gives a range; ends when the signal is aborted. */
export type Read = (
  first: number,
  last: number,
  signal: AbortSignal
) => AsyncGenerator<Uint8Array<ArrayBuffer>>

/** One file, as this page serves it to the worker until it is closed. Until the file is known the network does it. */
export class Served {
  file: { readonly length: number; readonly type: string } | null = null

  private readonly stopped = new AbortController()
  private passed = 0

  constructor(
    private readonly isOurs: (url: string) => boolean,
    private readonly read: Read
  ) {
    const { signal } = this.stopped
    navigator.serviceWorker.addEventListener('message', event => this.hear(event), { signal })
    navigator.serviceWorker.startMessages()
    const alive = setInterval(() => navigator.serviceWorker.controller?.postMessage('alive'), KEEP_ALIVE_MS)
    signal.addEventListener('abort', () => clearInterval(alive))
  }

  private hear(event: MessageEvent<unknown>): void {
    const asked = event.data as RangeAsked | null
    const port = event.ports[0]
    if (!port || asked?.sluice !== 'range') return
    const { file } = this
    const isOurs = this.isOurs(asked.url)
    if (!file || !isOurs || asked.first >= file.length) {
      if (isOurs) this.passed++
      return port.postMessage({ serve: false } satisfies RangeAnswer)
    }
    const last = Math.min(asked.last ?? file.length - 1, file.length - 1)
    port.postMessage({
      serve: true,
      first: asked.first,
      last,
      length: file.length,
      type: file.type
    } satisfies RangeAnswer)
    answer(port, signal => this.read(asked.first, last, signal), this.stopped.signal)
  }

  /** Whether there was a request, of which this has not told yet, that went on to the network. */
  takePassed(): boolean {
    return this.passed > 0 && this.passed-- > 0
  }

  close(): void {
    this.stopped.abort()
  }
}

function answer(
  port: MessagePort,
  read: (signal: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>>,
  stopped: AbortSignal
): void {
  const abort = new AbortController()
  const stop = (): void => abort.abort()
  stopped.addEventListener('abort', stop)
  const chunks = read(abort.signal)
  const say = (chunk: Chunk): void => port.postMessage(chunk, typeof chunk === 'string' ? [] : [chunk.buffer])
  const end = (how: Chunk): void => {
    say(how)
    stopped.removeEventListener('abort', stop)
    port.onmessage = null
  }
  port.onmessage = async ({ data }) => {
    if ((data as Pull) === 'cancel') return stop()
    try {
      const { done, value } = await chunks.next()
      if (done) end(abort.signal.aborted ? 'broken' : 'end')
      else say(value)
    } catch {
      end('broken')
    }
  }
}
