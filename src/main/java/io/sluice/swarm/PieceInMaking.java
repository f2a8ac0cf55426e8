package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.Sha1;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * The buffer of a piece in the making, and its hash (BEP 3), which is taken while blocks still
 * come: who waits for the piece waits for the hash of its last blocks alone.
 *
 * <p>Invariant: what is before the first gap is handed to the hash in steps of {@link #STEP_BYTES}
 * or more, and all of it when the piece is complete.
 *
 * <p>Confined to the session's thread, but for {@link #hash}.
 */
final class PieceInMaking {

  /** What is worth a change of thread: a tenth of a millisecond's work. */
  static final int STEP_BYTES = 128 << 10;

  /** So little is hashed sooner than it is handed to another thread. */
  static final int HERE_BYTES = 32 << 10;

  private final TorrentInfo info;
  private final int index;
  private final Piece bytes;
  private final PrefixHash hash;
  private final BitSet blocks;
  private int readyBytes;

  /** Written before the last step of the hash, and read by it. */
  private boolean digests;

  PieceInMaking(TorrentInfo info, int index) {
    this.info = info;
    this.index = index;
    bytes = Piece.allocate(info.geometry().bytesOf(index));
    hash = new PrefixHash(bytes);
    blocks = new BitSet(info.geometry().blocksOf(index));
  }

  /** The buffer, not retained for the caller. */
  Piece bytes() {
    return bytes;
  }

  /** Writes a block; whether {@link #hash} is to be called on a hashing thread. */
  boolean write(int begin, ByteBuffer block) {
    bytes.write(begin, block);
    blocks.set(begin / PeerMessage.BLOCK_BYTES);
    int gap = blocks.nextClearBit(readyBytes / PeerMessage.BLOCK_BYTES);
    // The last blocks wait for complete(), which says what is wanted of the hash.
    if (gap == info.geometry().blocksOf(index)
        || gap * PeerMessage.BLOCK_BYTES - readyBytes < STEP_BYTES) {
      return false;
    }
    readyBytes = gap * PeerMessage.BLOCK_BYTES;
    return hash.extend(readyBytes);
  }

  /**
   * All blocks are written; whether {@link #hash} is to be called.
   *
   * @param digestsToo whether the hashes of its blocks are wanted even when it is intact
   */
  boolean complete(boolean digestsToo) {
    digests = digestsToo;
    return hash.extend(bytes.length());
  }

  /** Whether what is left to do is little enough to be done at once. */
  boolean nearlyHashed() {
    return !digests && hash.leftBytes() <= HERE_BYTES;
  }

  /**
   * Hashes what is ready; answers what came of it if that completes the piece. On the thread of the
   * caller, who holds the buffer.
   */
  Optional<Event.Hashed> hash() {
    return hash.run().map(sha1 -> verdict(info.matches(index, sha1)));
  }

  private Event.Hashed verdict(boolean intact) {
    return new Event.Hashed(
        index, intact, intact && !digests ? Optional.empty() : Optional.of(blockDigests()));
  }

  /** The hashes of its blocks, which tell who lied. */
  private BlockDigests blockDigests() {
    int count = info.geometry().blocksOf(index);
    BlockDigests all = new BlockDigests(count);
    for (int block = 0; block < count; block++) {
      int begin = info.geometry().blockBegin(block);
      all.set(block, Sha1.of(bytes.slice(begin, info.geometry().blockBytes(index, block))));
    }
    return all;
  }
}
