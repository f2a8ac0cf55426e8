package io.sluice.tracker;

import io.sluice.wire.PeerId;

/** A peer of one swarm; confined to the swarm. */
final class TrackedPeer {

  /**
   * Two peers may share an id when they are reached in different ways.
   *
   * @param reachedBy as {@link PeerContact#reachedBy} has it
   */
  record Key(PeerId peerId, Object reachedBy) {}

  final Key key;
  final OpenOffers openOffers;
  PeerContact contact;
  boolean complete;
  long announcedNanos;

  /** Where the peer stands in its {@link PeerBag}. */
  int slot;

  TrackedPeer(Key key, PeerContact contact, OpenOffers openOffers) {
    this.key = key;
    this.contact = contact;
    this.openOffers = openOffers;
  }
}
