package io.sluice.tracker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** Peers in no order, any number of which can be drawn at random in constant time each. */
final class PeerBag {

  private final List<TrackedPeer> peers = new ArrayList<>();

  int size() {
    return peers.size();
  }

  void add(TrackedPeer peer) {
    peer.slot = peers.size();
    peers.add(peer);
  }

  void remove(TrackedPeer peer) {
    TrackedPeer last = peers.removeLast();
    if (last != peer) {
      peers.set(peer.slot, last);
      last.slot = peer.slot;
    }
  }

  List<TrackedPeer> all() {
    return Collections.unmodifiableList(peers);
  }

  Draw draw(RandomGenerator random) {
    return new Draw(random);
  }

  /** Draws each peer at most once; ends when the bag changes. */
  final class Draw {
    private final RandomGenerator random;
    private int drawn;

    private Draw(RandomGenerator random) {
      this.random = random;
    }

    int remaining() {
      return peers.size() - drawn;
    }

    /** One of the {@link #remaining} peers. The order of the bag is as good as any other. */
    TrackedPeer next() {
      int chosen = drawn + random.nextInt(remaining());
      TrackedPeer peer = peers.get(chosen);
      TrackedPeer displaced = peers.get(drawn);
      peers.set(chosen, displaced);
      displaced.slot = chosen;
      peers.set(drawn, peer);
      peer.slot = drawn;
      drawn++;
      return peer;
    }
  }
}
