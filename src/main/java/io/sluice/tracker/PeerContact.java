package io.sluice.tracker;

import java.net.InetSocketAddress;

/** How others reach a peer; peers of one kind are only told of peers of the same kind. */
sealed interface PeerContact {

  /** By offers and answers over its WebSocket. Such a peer lives as long as the socket. */
  record BySocket(PeerOutlet outlet) implements PeerContact {}

  /** By dialling. Such a peer announces over HTTP or UDP and lives until it falls silent. */
  record ByAddress(InetSocketAddress address) implements PeerContact {}

  /**
   * What, beside its id, tells a peer from others: that it is there by its socket, however often it
   * reconnects; or its address, since nobody may take the place of somebody elsewhere whose id he
   * has seen.
   */
  default Object reachedBy() {
    return switch (this) {
      case BySocket _ -> BySocket.class;
      case ByAddress(var address) -> address.getAddress();
    };
  }

  /** Whether a message from {@code other} can be about the peer that is reached by this. */
  default boolean isSame(PeerContact other) {
    return switch (this) {
      case BySocket _ -> equals(other);
      case ByAddress _ -> reachedBy().equals(other.reachedBy());
    };
  }
}
