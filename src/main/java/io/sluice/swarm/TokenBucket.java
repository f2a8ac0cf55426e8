package io.sluice.swarm;

import java.util.function.LongSupplier;

/**
 * Bytes that may be moved: so many more each second, up to a second's worth. May be overdrawn, and
 * is then closed until that is made up for.
 *
 * <p>Safe for any thread.
 */
final class TokenBucket {

  private static final double SECOND = 1_000_000_000;

  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private double bytes;
  private long filledNanos;

  /**
   * @param bytesPerSecond 0 is without bound
   */
  TokenBucket(long bytesPerSecond, LongSupplier nanoClock) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    bytes = bytesPerSecond;
    filledNanos = nanoClock.getAsLong();
  }

  boolean unlimited() {
    return bytesPerSecond == 0;
  }

  /**
   * Whether anything may be moved now.
   *
   * @param reserve the part of a second's worth, 0..1, that must be left for what is more urgent
   */
  synchronized boolean open(double reserve) {
    if (bytesPerSecond == 0) {
      return true;
    }
    long now = nanoClock.getAsLong();
    double more = (now - filledNanos) / SECOND * bytesPerSecond;
    bytes = Math.min((double) bytesPerSecond, bytes + more);
    filledNanos = now;
    return bytes > reserve * bytesPerSecond;
  }

  synchronized void spend(long count) {
    if (bytesPerSecond > 0) {
      bytes -= count;
    }
  }

  /** What was spent on is not moved after all. */
  void refund(long count) {
    spend(-count);
  }
}
