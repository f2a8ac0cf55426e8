// The service worker. It keeps nothing: each range that a media element asks for is offered to the page that plays, which has the
// verified pieces; what that page does not want goes to the network. A site may serve a copy of this file under its own origin.
import type { Chunk, Pull, RangeAnswer, RangeAsked } from './protocol.ts'

declare const self: ServiceWorkerGlobalScope

/** A page that lives answers within milliseconds. */
const ANSWER_MS = 400

self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
// messages keep the worker alive while a stream is open
self.addEventListener('message', () => {})

const STREAM = /\/stream\/(?:[0-9a-f]{40}|[a-z2-7]{32})(?:\/|$|\?)/i

self.addEventListener('fetch', event => {
  const { request } = event
  const media = request.destination === 'video' || request.destination === 'audio'
  if (request.method === 'GET' && media && STREAM.test(request.url) && event.clientId)
    event.respondWith(answer(event))
})

async function answer(event: FetchEvent): Promise<Response> {
  const range = /^bytes=(\d+)-(\d*)$/.exec(event.request.headers.get('range') ?? 'bytes=0-')
  const client = range ? await self.clients.get(event.clientId) : undefined
  if (!range || !client) return fetch(event.request)
  const { port1: port, port2 } = new MessageChannel()
  const asked: RangeAsked = {
    sluice: 'range',
    url: event.request.url,
    first: Number(range[1]),
    last: range[2] ? Number(range[2]) : null
  }
  const answered = new Promise<RangeAnswer>(resolve => {
    port.onmessage = ({ data }) => resolve(data as RangeAnswer)
    setTimeout(() => resolve({ serve: false }), ANSWER_MS)
  })
  client.postMessage(asked, [port2])
  const told = await answered
  if (!told.serve) {
    port.close()
    return fetch(event.request)
  }
  return new Response(body(port), {
    status: 206,
    headers: {
      'content-type': told.type,
      'content-length': String(told.last - told.first + 1),
      'content-range': `bytes ${told.first}-${told.last}/${told.length}`,
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff'
    }
  })
}

/** The media element's own pace asks for chunks: one is fetched when the one before was taken. */
function body(port: MessagePort): ReadableStream<Uint8Array> {
  const say = (pull: Pull): void => port.postMessage(pull)
  return new ReadableStream(
    {
      pull(controller) {
        return new Promise(resolve => {
          port.onmessage = ({ data }) => {
            const chunk = data as Chunk
            if (chunk === 'end') controller.close()
            else if (chunk === 'broken') controller.error(new Error('the bytes cannot be had'))
            else controller.enqueue(chunk)
            if (typeof chunk === 'string') port.close()
            resolve()
          }
          say('pull')
        })
      },
      cancel() {
        say('cancel')
        port.close()
      }
    },
    { highWaterMark: 0 }
  )
}
