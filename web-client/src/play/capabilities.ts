// Whether this browser, on this page, can take part in the swarm; and if not, why, in words for the viewer.

export type P2pMode = 'auto' | 'off' | 'only'

export type Sharing = { readonly on: true } | { readonly on: false; readonly why: string }

interface Connection {
  readonly saveData?: boolean
}

const savesData = (): boolean => {
  const { connection } = navigator as Navigator & { connection?: Connection }
  return connection?.saveData === true || matchMedia('(prefers-reduced-data: reduce)').matches
}

/** Decides before anything is loaded for it. */
export function sharing(mode: P2pMode, isPrivate: boolean): Sharing {
  const no = (why: string): Sharing => ({ on: false, why })
  if (mode === 'off') return no('Everything comes from the gateway: sharing is off in this player.')
  if (isPrivate) return no('Everything comes from the gateway: this torrent is private.')
  if (mode === 'auto' && savesData()) {
    return no('Everything comes from the gateway and nothing is sent to others: data saver is on.')
  }
  if (!('RTCPeerConnection' in globalThis)) {
    return no('Everything comes from the gateway: this browser has no WebRTC.')
  }
  return workersAllowed()
    ? { on: true }
    : no('Everything comes from the gateway: service workers are not available on this page.')
}

/** Reading the property throws in frames without an origin of their own. */
function workersAllowed(): boolean {
  try {
    return isSecureContext && 'serviceWorker' in navigator && Boolean(navigator.serviceWorker)
  } catch {
    return false
  }
}
