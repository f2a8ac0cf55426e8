// The gateway is there for what no other viewer can give: its load is what the swarm is to take over.
import type { PeerPieces, Torrent, Wire } from 'webtorrent/dist/webtorrent.min.js'

/** Peer ids of gateways begin so (BEP 20), in hex. */
const GATEWAY_PREFIX = [...'-SL'].map(c => c.charCodeAt(0).toString(16)).join('')

export const isGateway = (wire: Wire): boolean => wire.peerId.startsWith(GATEWAY_PREFIX)

export interface Need {
  /** Pieces that the picture waits for, which anybody may bring. */
  urgent(piece: number): boolean
  /** Pieces that are needed soon; those further on are left to other viewers, who may have them by then. */
  near(piece: number): boolean
}

/**
 * Lets the gateway's pieces seem absent while another peer that does not choke us has them, and while they are not needed soon;
 * webtorrent then asks the others.
 */
export function askLast(torrent: Torrent, gateway: Wire, need: Need): void {
  const elsewhere = (piece: number): boolean =>
    torrent.wires.some(
      wire =>
        wire !== gateway &&
        !isGateway(wire) &&
        !wire.destroyed &&
        !wire.peerChoking &&
        wire.peerPieces.get(piece)
    )
  const veiled = (actual: PeerPieces): PeerPieces =>
    new Proxy(actual, {
      get(target, name) {
        if (name === 'get')
          return (piece: number) =>
            target.get(piece) && (need.urgent(piece) || (need.near(piece) && !elsewhere(piece)))
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
      set: (target, name, value) => Reflect.set(target, name, value, target)
    })
  let pieces = veiled(gateway.peerPieces)
  // the protocol replaces the whole bitfield when the peer sends one
  Object.defineProperty(gateway, 'peerPieces', {
    configurable: true,
    get: () => pieces,
    set: (actual: PeerPieces) => {
      pieces = veiled(actual)
    }
  })
}
