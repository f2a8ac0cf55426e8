package io.sluice.transport.tcp;

import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.function.Consumer;

/**
 * A torrent as the transport knows it.
 *
 * @param self the peer id that we say we are; whoever else says so is ourselves
 * @param dht whether the handshake says that we have a DHT node (BEP 5); never for a private
 *     torrent (BEP 27)
 * @param onLink takes each link that has shaken hands, on a thread of the transport; must return at
 *     once and call {@link PeerLink#start} or {@link PeerLink#close} sooner or later
 * @param onEnd hears of each of those links once more when it is over and its connection given
 *     back, on a thread of the transport; must return at once
 */
public record TcpEndpoint(
    InfoHash infoHash,
    PeerId self,
    boolean dht,
    Consumer<? super TcpLink> onLink,
    Consumer<? super TcpLink> onEnd) {

  /** For who hears of the end of a link from the link itself. */
  public TcpEndpoint(
      InfoHash infoHash, PeerId self, boolean dht, Consumer<? super TcpLink> onLink) {
    this(infoHash, self, dht, onLink, _ -> {});
  }
}
