// The gateway is there for what no other viewer can give: its load is what the swarm is to take over.
import type { PeerPieces, Torrent, Wire } from 'webtorrent/dist/webtorrent.min.js'

/** Peer ids of gateways begin so (BEP 20), in hex. */
const GATEWAY_PREFIX = [...'-SL'].map(c => c.charCodeAt(0).toString(16)).join('')

export const isGateway = (wire: Wire): boolean => wire.peerId.startsWith(GATEWAY_PREFIX)

/**
 * Lets the gateway's pieces seem absent while another peer that does not choke us has them; webtorrent then asks that one.
 *
 * @param urgent pieces that the picture waits for, which anybody may bring
 */
export function askLast(torrent: Torrent, gateway: Wire, urgent: (piece: number) => boolean): void {
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
          return (piece: number) => target.get(piece) && (urgent(piece) || !elsewhere(piece))
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
