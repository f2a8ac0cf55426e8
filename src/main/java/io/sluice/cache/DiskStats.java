package io.sluice.cache;

/**
 * What the disk tier has done since it was opened.
 *
 * @param reads pieces that were read
 * @param hashes of them, those that were hashed
 * @param writes pieces that were written
 * @param evicted pieces that left for want of room
 * @param wrong pieces that were not what their hash says, or could not be read, and were deleted
 * @param refused pieces that left memory and could not be taken
 */
public record DiskStats(
    long reads, long hashes, long writes, long evicted, long wrong, long refused) {}
