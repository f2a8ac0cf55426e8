package io.sluice.cache;

/**
 * The bounds of the memory tier.
 *
 * @param memoryBytes bytes of the pieces that are kept, at least 1
 * @param recentBytes the part of {@code memoryBytes} in which a piece that has just come or been
 *     used is safe: it stays until so many bytes of other pieces have come or been used after it
 * @param maxWaiters futures of {@link PieceStore#await} that may be open at once
 * @param maxLoads pieces that are read from {@link PieceSource}s at the same time
 */
public record CacheLimits(long memoryBytes, long recentBytes, int maxWaiters, int maxLoads) {

  public CacheLimits {
    if (memoryBytes < 1 || recentBytes < 0 || recentBytes > memoryBytes) {
      throw new IllegalArgumentException(
          "memory bounds out of order: " + recentBytes + " of " + memoryBytes + " bytes");
    }
    if (maxWaiters < 1 || maxLoads < 1) {
      throw new IllegalArgumentException(
          "bounds below 1: " + maxWaiters + " waiters, " + maxLoads + " loads");
    }
  }

  /**
   * The usual bounds for so much memory. Three quarters are for recent pieces, so that readers'
   * windows may together reach 3/8 of the memory ahead: what was just read counts as recent too.
   */
  public static CacheLimits ofMemory(long memoryBytes) {
    return new CacheLimits(memoryBytes, memoryBytes - memoryBytes / 4, 16_384, 4);
  }
}
