package io.sluice.swarm;

import java.util.Arrays;

/**
 * Bytes a second over the last few seconds, for people and for the choker.
 *
 * <p>Confined to the swarm loop.
 */
final class RateMeter {

  private static final int BUCKETS = 10;
  private static final long BUCKET_NANOS = 500_000_000L;

  private final long[] bytes = new long[BUCKETS];
  private long newest;
  private long total;

  void add(long count, long nowNanos) {
    advance(nowNanos);
    bytes[(int) (newest % BUCKETS)] += count;
    total += count;
  }

  /** Bytes since the beginning. */
  long total() {
    return total;
  }

  long bytesPerSecond(long nowNanos) {
    advance(nowNanos);
    long sum = Arrays.stream(bytes).sum();
    long span = Math.min(BUCKETS, newest + 1) * BUCKET_NANOS;
    return sum * 1_000_000_000L / span;
  }

  private void advance(long nowNanos) {
    long bucket = nowNanos / BUCKET_NANOS;
    if (bucket - newest >= BUCKETS) {
      Arrays.fill(bytes, 0);
      newest = bucket;
    }
    while (newest < bucket) {
      newest++;
      bytes[(int) (newest % BUCKETS)] = 0;
    }
  }
}
