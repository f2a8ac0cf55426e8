package io.sluice.swarm;

import java.util.Arrays;

/** The SHA-1 of each block of a piece, in order. */
final class BlockDigests {

  private static final int BYTES = 20;

  private final byte[] sha1s;

  BlockDigests(int blocks) {
    sha1s = new byte[blocks * BYTES];
  }

  void set(int block, byte[] sha1) {
    System.arraycopy(sha1, 0, sha1s, block * BYTES, BYTES);
  }

  /** Whether a block had the same bytes here as there. */
  boolean agrees(int block, BlockDigests other) {
    int from = block * BYTES;
    return Arrays.equals(sha1s, from, from + BYTES, other.sha1s, from, from + BYTES);
  }
}
