package io.sluice.wire;

import java.nio.ByteBuffer;

/**
 * One message of ut_metadata (BEP 9): a bencoded dictionary, followed for {@link Data} by raw
 * bytes. Metadata pieces are 16 KiB, the last one shorter.
 */
public sealed interface MetadataMessage {

  /** Length of a metadata piece but the last. */
  int PIECE_BYTES = 16 * 1024;

  /** The largest info dictionary that we fetch: what webtorrent accepts as well. */
  int MAX_METADATA_BYTES = 10_000_000;

  int piece();

  record Request(int piece) implements MetadataMessage {
    public Request {
      checkPiece(piece);
    }
  }

  /**
   * A metadata piece of exactly the length that it must have.
   *
   * @param totalBytes length of the info dictionary, 1..{@link #MAX_METADATA_BYTES}
   * @param bytes read-only
   */
  record Data(int piece, int totalBytes, ByteBuffer bytes) implements MetadataMessage {
    public Data {
      checkPiece(piece);
      if (totalBytes <= 0 || totalBytes > MAX_METADATA_BYTES) {
        throw new WireException("ut_metadata total_size out of bounds: " + totalBytes);
      }
      if (!bytes.hasRemaining() || bytes.remaining() != bytesOf(piece, totalBytes)) {
        throw new WireException(
            "ut_metadata piece " + piece + " of " + totalBytes + " has " + bytes.remaining());
      }
      bytes = bytes.asReadOnlyBuffer();
    }

    /** A view with a position of its own. */
    @Override
    public ByteBuffer bytes() {
      return bytes.duplicate();
    }
  }

  record Reject(int piece) implements MetadataMessage {
    public Reject {
      checkPiece(piece);
    }
  }

  /** A {@code msg_type} that BEP 9 does not define; ignored, as it asks. */
  record Unknown(int type, int piece) implements MetadataMessage {}

  /** Number of metadata pieces of an info dictionary. */
  static int pieces(int totalBytes) {
    return Math.ceilDiv(totalBytes, PIECE_BYTES);
  }

  /**
   * Length of a metadata piece: {@link #PIECE_BYTES} but for the last; 0 when there is no such
   * piece.
   */
  static int bytesOf(int piece, int totalBytes) {
    long left = totalBytes - (long) piece * PIECE_BYTES;
    return piece < 0 ? 0 : Math.clamp(left, 0, PIECE_BYTES);
  }

  private static void checkPiece(int piece) {
    if (piece < 0) {
      throw new WireException("ut_metadata piece out of bounds: " + piece);
    }
  }
}
