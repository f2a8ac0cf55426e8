package io.sluice.discovery.dht;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** What the core wants done by whoever drives it. */
sealed interface DhtEffect {

  /** One datagram. */
  record Send(InetSocketAddress to, ByteBuffer packet) implements DhtEffect {}

  /** A search found a peer that the policy allows. */
  record Found(SearchTask search, InetSocketAddress peer) implements DhtEffect {}

  /** The addresses of the bootstrap nodes are wanted; they may come at any time or never. */
  record Resolve() implements DhtEffect {}
}
