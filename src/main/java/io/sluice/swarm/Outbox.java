package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the effects of one step, in order, and notes when each peer was last written to.
 *
 * <p>Confined to the swarm loop.
 */
final class Outbox {

  private List<Effect> effects = new ArrayList<>();
  private long nowNanos;

  void begin(long nowNanos) {
    this.nowNanos = nowNanos;
    effects = new ArrayList<>();
  }

  /** The time of the step at hand. */
  long nowNanos() {
    return nowNanos;
  }

  List<Effect> effects() {
    return effects;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  /** Sends a message unless the peer is closed. */
  void send(PeerState peer, PeerMessage message) {
    if (!peer.closed) {
      peer.lastSentNanos = nowNanos;
      effects.add(new Effect.Send(peer.key(), message));
    }
  }
}
