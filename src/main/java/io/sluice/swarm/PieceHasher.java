package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.Sha1;
import java.util.Optional;

/** SHA-1 of pieces, blocks and metadata; stateless, for the hashing threads. */
final class PieceHasher {

  private PieceHasher() {}

  /** Compares a piece with its hash (BEP 3), and digests its blocks when that tells who lied. */
  static Event.Hashed check(TorrentInfo info, int index, Piece piece, boolean digests) {
    boolean intact = info.matches(index, Sha1.of(piece.bytes()));
    return new Event.Hashed(
        index, intact, intact && !digests ? Optional.empty() : Optional.of(blocks(piece)));
  }

  private static BlockDigests blocks(Piece piece) {
    int blocks = (piece.length() - 1) / PeerMessage.BLOCK_BYTES + 1;
    BlockDigests digests = new BlockDigests(blocks);
    for (int block = 0; block < blocks; block++) {
      int begin = block * PeerMessage.BLOCK_BYTES;
      int length = Math.min(PeerMessage.BLOCK_BYTES, piece.length() - begin);
      digests.set(block, Sha1.of(piece.slice(begin, length)));
    }
    return digests;
  }
}
