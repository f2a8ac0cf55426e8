package io.sluice.swarm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The last blocks that were asked for, and why so: for people who want to see what the swarm does.
 * Invariant: at most {@link #SIZE} of them, the oldest go first.
 *
 * <p>Safe for any thread; written by the swarm loop alone.
 */
final class DecisionLog {

  static final int SIZE = 512;

  private final LongSupplier nowNanos;
  private final Decision[] ring = new Decision[SIZE];
  private long count;

  DecisionLog(LongSupplier nowNanos) {
    this.nowNanos = nowNanos;
  }

  synchronized void add(PeerIdentity source, int piece, int begin, long expectedNanos, Why why) {
    ring[(int) (count++ % SIZE)] =
        new Decision(
            nowNanos.getAsLong(),
            piece,
            begin,
            source.kind(),
            source.address(),
            expectedNanos,
            why);
  }

  /** The newest first. */
  synchronized List<Decision> newest() {
    List<Decision> all = new ArrayList<>();
    for (long i = count - 1; i >= 0 && i >= count - SIZE; i--) {
      all.add(ring[(int) (i % SIZE)]);
    }
    return all;
  }
}
