package io.sluice.app;

import io.netty.util.internal.PlatformDependent;
import org.jboss.logging.Logger;

/**
 * How much memory the piece cache may take of what this JVM may hold off the heap.
 *
 * <p>The other half is for pieces in the making, pieces on their way to the disk, network buffers
 * and what is lost between them. A cache that took it all would end loads with {@link
 * OutOfMemoryError}.
 */
final class CacheMemory {

  private static final Logger LOG = Logger.getLogger(CacheMemory.class);

  private CacheMemory() {}

  /**
   * The bound of the cache in bytes: what was asked for, or less, and then the log says so.
   *
   * @param wantedBytes {@code sluice.cache.memory}
   */
  static long bound(long wantedBytes) {
    long offHeapBytes = PlatformDependent.maxDirectMemory();
    long most = most(offHeapBytes);
    if (wantedBytes <= most) {
      return wantedBytes;
    }
    LOG.warnf(
        "The cache takes %d MiB instead of the %d MiB of sluice.cache.memory, half of what this JVM"
            + " may hold off the heap; to give it more, raise -XX:MaxDirectMemorySize",
        most >> 20, wantedBytes >> 20);
    return most;
  }

  /** Half, and at least a byte, which makes a cache that holds nothing for long. */
  static long most(long offHeapBytes) {
    return Math.max(1, offHeapBytes / 2);
  }
}
