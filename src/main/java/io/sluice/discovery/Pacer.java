package io.sluice.discovery;

import java.util.concurrent.TimeUnit;

/**
 * Spreads what nobody waits for over time: one after the other, so many a second. Confined to one
 * thread.
 */
final class Pacer {

  private final long gapNanos;
  private long freeAtNanos;

  Pacer(int perSecond, long nowNanos) {
    gapNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    freeAtNanos = nowNanos;
  }

  /** Takes the next free moment; nanoseconds until then. */
  long delayNanos(long nowNanos) {
    long at = Math.max(freeAtNanos - nowNanos, 0);
    freeAtNanos = nowNanos + at + gapNanos;
    return at;
  }
}
