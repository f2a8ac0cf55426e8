// Whether this browser, on this page, can take part in the swarm; and if not, why, in words for the viewer.

export type P2pMode = 'auto' | 'off' | 'only'

/** `short` stands over the picture, `why` where the viewer asks for more. */
export interface Alone {
  readonly on: false
  readonly short: string
  readonly why: string
}
export type Sharing = { readonly on: true } | Alone

export const alone = (short: string, why: string): Alone => ({
  on: false,
  short: `${short}: from the gateway alone`,
  why: `Everything comes from the gateway: ${why}.`
})

interface Connection {
  readonly saveData?: boolean
}

const savesData = (): boolean => {
  const { connection } = navigator as Navigator & { connection?: Connection }
  return connection?.saveData === true || matchMedia('(prefers-reduced-data: reduce)').matches
}

/** Decides before anything is loaded for it. */
export function sharing(mode: P2pMode): Sharing {
  if (mode === 'off') return alone('Sharing off', 'sharing is off in this player')
  if (mode === 'auto' && savesData()) {
    return alone('Data saver', 'data saver is on, so nothing is sent to others either')
  }
  if (!('RTCPeerConnection' in globalThis)) return alone('No WebRTC', 'this browser has no WebRTC')
  return workersAllowed()
    ? { on: true }
    : alone('No service worker', 'service workers are not available on this page')
}

/** Reading the property throws in frames without an origin of their own. */
function workersAllowed(): boolean {
  try {
    return isSecureContext && 'serviceWorker' in navigator && Boolean(navigator.serviceWorker)
  } catch {
    return false
  }
}
