package io.sluice.swarm;

import java.util.BitSet;

/**
 * What the bridge knows of a peer as one who takes pieces: whether it does, and whether it has
 * nobody else to take them from.
 *
 * <p>Confined to the swarm loop.
 */
final class Taker {

  private static final long SECOND = 1_000_000_000L;

  /** So many pieces may be fetched for a peer in vain before it is let alone for a while. */
  private static final int MISSES = 4;

  private static final long PAUSE_NANOS = 60 * SECOND;
  private static final int LONGEST_PAUSES = 10;

  /** Pieces of which we have sent it blocks. */
  private final BitSet given = new BitSet();

  private int misses;
  private long pausedUntilNanos = Long.MIN_VALUE;

  /** When it last got a piece, or joined. */
  long gainedNanos;

  /** Whether it gets nothing but from us, as far as we see. */
  boolean dependent;

  Taker(long nowNanos) {
    gainedNanos = nowNanos;
  }

  /** It asked for something: it is at work. */
  void asked() {
    misses = 0;
    pausedUntilNanos = Long.MIN_VALUE;
  }

  /** It was sent a block of a piece. */
  void given(int piece) {
    given.set(piece);
  }

  boolean wasGiven(int piece) {
    return given.get(piece);
  }

  /** It has a piece now that it lacked. */
  void gained(int piece, long nowNanos) {
    gainedNanos = nowNanos;
    if (!given.get(piece)) {
      dependent = false;
    }
    given.clear(piece);
  }

  /** A piece that was fetched for it was offered in vain. */
  void missed(long nowNanos) {
    misses++;
    if (misses >= MISSES) {
      pausedUntilNanos = nowNanos + Math.min(misses - MISSES + 1, LONGEST_PAUSES) * PAUSE_NANOS;
    }
  }

  /** Whether nothing is fetched for it now, since it takes nothing. */
  boolean paused(long nowNanos) {
    return pausedUntilNanos - nowNanos > 0 && pausedUntilNanos != Long.MIN_VALUE;
  }
}
