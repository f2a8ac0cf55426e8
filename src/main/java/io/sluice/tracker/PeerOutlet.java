package io.sluice.tracker;

import io.sluice.wire.TrackerMessage.ToClient;

/**
 * The way to a peer that is there by its WebSocket; told apart by identity.
 *
 * <p>Safe for any thread; no method blocks or throws.
 */
interface PeerOutlet {

  /** Queues a message; does nothing once the socket is closed. */
  void send(ToClient message);

  /** Whether the socket came over IPv6; for statistics. */
  default boolean ipv6() {
    return false;
  }

  /** Whether so much is queued already that strangers' offers should go to somebody else. */
  boolean congested();
}
