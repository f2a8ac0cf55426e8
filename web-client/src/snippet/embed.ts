// The snippet: <script src="https://gateway/embed.js" async></script>. It knows the gateway by its own URL.
import { playerOptions } from '../frame/options.ts'
import { playerElement } from './element.ts'

const script = document.currentScript
if (script instanceof HTMLScriptElement) {
  const gateway = new URL('.', script.src)
  if (!customElements.get('sluice-player')) customElements.define('sluice-player', playerElement(gateway))

  /** Videos of the page itself, which say with `data-sluice-` attributes what to play. */
  const attachVideos = async (): Promise<void> => {
    const videos = document.querySelectorAll<HTMLVideoElement>('video[data-sluice-src]')
    if (!videos.length) return
    const module = (await import(/* @vite-ignore */ String(new URL('sluice.js', gateway)))) as {
      attach(video: HTMLVideoElement, options: Record<string, unknown>): unknown
    }
    for (const video of videos) {
      const get = (name: string): string | null => video.getAttribute(`data-sluice-${name}`)
      module.attach(video, {
        ...playerOptions(get),
        gateway: String(gateway),
        serviceWorker: get('service-worker')
      })
    }
  }

  if (document.readyState === 'loading')
    document.addEventListener('DOMContentLoaded', () => void attachVideos())
  else void attachVideos()
}
