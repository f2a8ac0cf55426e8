package io.sluice.swarm;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of memory that several sessions share: never more are taken than there are.
 *
 * <p>Safe for any thread.
 */
final class ByteBudget {

  private final AtomicLong left;

  /**
   * @param bytes 0 or more
   */
  ByteBudget(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a budget of " + bytes + " bytes");
    }
    left = new AtomicLong(bytes);
  }

  /** Takes so many bytes, all or none; returns whether it did. */
  boolean take(long bytes) {
    long had = left.getAndUpdate(have -> have >= bytes ? have - bytes : have);
    return had >= bytes;
  }

  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }

  /** Bytes that nobody has taken. */
  long left() {
    return left.get();
  }
}
