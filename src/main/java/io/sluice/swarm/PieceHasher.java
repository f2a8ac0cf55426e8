package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** SHA-1 of pieces, blocks and metadata; stateless, for the hashing threads. */
final class PieceHasher {

  private PieceHasher() {}

  /** Compares a piece with its hash (BEP 3), and digests its blocks when that tells who lied. */
  static Event.Hashed check(TorrentInfo info, int index, Piece piece, boolean digests) {
    boolean intact = info.matches(index, sha1(piece.bytes()));
    return new Event.Hashed(
        index, intact, intact && !digests ? Optional.empty() : Optional.of(blocks(piece)));
  }

  private static BlockDigests blocks(Piece piece) {
    int blocks = (piece.length() - 1) / PeerMessage.BLOCK_BYTES + 1;
    BlockDigests digests = new BlockDigests(blocks);
    for (int block = 0; block < blocks; block++) {
      int begin = block * PeerMessage.BLOCK_BYTES;
      int length = Math.min(PeerMessage.BLOCK_BYTES, piece.length() - begin);
      digests.set(block, sha1(piece.slice(begin, length)));
    }
    return digests;
  }

  static byte[] sha1(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update(bytes);
      return digest.digest();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-1", impossible);
    }
  }
}
