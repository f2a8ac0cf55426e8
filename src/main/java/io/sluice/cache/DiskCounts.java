package io.sluice.cache;

/**
 * What {@link DiskStats} tells, as it is counted; numbers only grow.
 *
 * <p>Guarded by the lock of {@link DiskState}.
 */
final class DiskCounts {

  long reads;
  long hashes;
  long writes;
  long evicted;
  long wrong;
  long refused;

  DiskStats stats() {
    return new DiskStats(reads, hashes, writes, evicted, wrong, refused);
  }
}
