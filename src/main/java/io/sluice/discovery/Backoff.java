package io.sluice.discovery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time, and never just as long as
 * somebody else does who lost the same tracker at the same moment.
 *
 * <p>Confined to one thread.
 */
final class Backoff {

  private final long firstNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration first, Duration max, RandomGenerator random) {
    firstNanos = first.toNanos();
    maxNanos = max.toNanos();
    this.random = random;
  }

  /** Once to twice the wait of this failure. */
  long nextNanos() {
    long doubled = failures < 30 ? firstNanos << failures : Long.MAX_VALUE;
    failures++;
    long least = doubled < firstNanos ? maxNanos / 2 : Math.min(doubled, maxNanos / 2);
    return least + (long) (least * random.nextDouble());
  }

  /** It works again: the next failure is the first one. */
  void reset() {
    failures = 0;
  }
}
