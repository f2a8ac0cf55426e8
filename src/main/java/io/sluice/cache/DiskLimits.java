package io.sluice.cache;

import java.time.Duration;

/**
 * The bounds of the disk tier.
 *
 * @param maxBytes bytes of the pieces on disk, at least 1; what the file system and the journal add
 *     to them is not counted
 * @param reserveBytes bytes of the device that are left free for others; of a small device at most
 *     a twentieth of it
 * @param queueBytes bytes of the pieces that have left memory and wait to be written, at least 1
 * @param guardBytes the part of {@code maxBytes} in which heads and tails of files being watched
 *     are safe from everything but each other
 * @param syncEvery how often what was written of pinned torrents is forced to the device; what
 *     power loss may take
 * @param retryEvery how long after a failure the first attempt to write comes; each further one
 *     comes after twice the time, up to 32 times this
 */
public record DiskLimits(
    long maxBytes,
    long reserveBytes,
    long queueBytes,
    long guardBytes,
    Duration syncEvery,
    Duration retryEvery) {

  public DiskLimits {
    if (maxBytes < 1 || reserveBytes < 0 || queueBytes < 1) {
      throw new IllegalArgumentException(
          "disk bounds out of order: %d, %d reserved, %d queued"
              .formatted(maxBytes, reserveBytes, queueBytes));
    }
    if (guardBytes < 0 || guardBytes > maxBytes) {
      throw new IllegalArgumentException("guarded: " + guardBytes + " of " + maxBytes);
    }
    if (syncEvery.isNegative()
        || syncEvery.isZero()
        || retryEvery.isNegative()
        || retryEvery.isZero()) {
      throw new IllegalArgumentException("no time: " + syncEvery + ", " + retryEvery);
    }
  }

  /** The usual bounds for so many bytes on disk. */
  public static DiskLimits ofDisk(long maxBytes, long reserveBytes) {
    return new DiskLimits(
        maxBytes,
        reserveBytes,
        64L * 1024 * 1024,
        maxBytes / 8,
        Duration.ofSeconds(5),
        Duration.ofSeconds(1));
  }
}
