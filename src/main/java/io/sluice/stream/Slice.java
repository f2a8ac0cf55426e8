package io.sluice.stream;

import io.sluice.cache.Piece;
import java.nio.ByteBuffer;

/**
 * A part of a verified piece; whoever has it holds one reference to the piece and releases it.
 *
 * @param begin offset in the piece
 * @param length bytes, at least 1
 */
public record Slice(Piece piece, int begin, int length) {

  public Slice {
    if (begin < 0 || length <= 0 || length > piece.length() - begin) {
      throw new IllegalArgumentException(
          "slice " + begin + "+" + length + " of a piece of " + piece.length());
    }
  }

  /** The bytes, read-only and not copied; valid until {@link #release}. */
  public ByteBuffer bytes() {
    return piece.slice(begin, length);
  }

  /** Gives the piece back. */
  public void release() {
    piece.release();
  }
}
