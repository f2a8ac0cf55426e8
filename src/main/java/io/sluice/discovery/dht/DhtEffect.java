package io.sluice.discovery.dht;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** What the core wants done by whoever drives it. */
sealed interface DhtEffect {

  /** One datagram. */
  record Send(InetSocketAddress to, ByteBuffer packet) implements DhtEffect {}

  /** A search found peers, at least one, that the policy allows. */
  record Found(SearchTask search, List<InetSocketAddress> peers) implements DhtEffect {
    public Found {
      peers = List.copyOf(peers);
    }
  }

  /** The addresses of the bootstrap nodes are wanted; they may come at any time or never. */
  record Resolve() implements DhtEffect {}
}
