// The page around the frame. It is told only what playing is about, and only when it is the page that it says it is: every message goes
// to that origin alone, and a browser delivers it to no other.
import {
  mediaState,
  MEDIA_EVENTS,
  toFrame,
  type FromFrame,
  type Phase,
  type Stats
} from '../frame/messages.ts'

export function answerParent(media: HTMLVideoElement, origin: string | null): void {
  if (!origin || parent === self) return
  // where the browser tells the ancestors, a page that names another origin is not even sent to
  const ancestor = location.ancestorOrigins?.[0]
  if (ancestor && ancestor !== origin) return
  let greeted = false
  const say = (message: FromFrame): void => {
    if (greeted) parent.postMessage(message, origin)
  }
  addEventListener('message', event => {
    if (event.origin !== origin || event.source !== parent) return
    const message = toFrame(event.data)
    if (!message) return
    switch (message.sluice) {
      case 'hello':
        greeted = true
        say({ sluice: 'event', event: 'loadstart', state: mediaState(media) })
        return
      case 'play':
        media.play().then(
          () => say({ sluice: 'played', call: message.call, refusal: null }),
          (refusal: unknown) =>
            say({
              sluice: 'played',
              call: message.call,
              refusal: refusal instanceof Error ? refusal.message : String(refusal)
            })
        )
        return
      case 'pause':
        return media.pause()
      case 'load':
        return media.load()
      case 'set':
        Object.assign(media, { [message.name]: message.value })
        return
    }
  })
  for (const event of MEDIA_EVENTS) {
    media.addEventListener(event, () => say({ sluice: 'event', event, state: mediaState(media) }))
  }
  media.addEventListener('sluice:stats', event => {
    say({ sluice: 'stats', stats: (event as CustomEvent<Stats>).detail })
  })
  media.addEventListener('sluice:phase', event => {
    say({ sluice: 'phase', phase: (event as CustomEvent<Phase>).detail })
  })
}
