package io.sluice.cache;

import java.io.IOException;

/**
 * A slower place that holds pieces of one torrent, under memory: a disk tier, or the files of
 * somebody who seeds.
 *
 * <p>Safe for any thread.
 */
public interface PieceSource {

  /** A source that has nothing. */
  PieceSource NONE =
      new PieceSource() {
        @Override
        public boolean has(int piece) {
          return false;
        }

        @Override
        public Piece load(int piece) throws IOException {
          throw new IOException("there is no source of piece " + piece);
        }
      };

  /** Whether {@link #load} can be expected to work; does no I/O. */
  boolean has(int piece);

  /**
   * Reads and verifies a piece, on a thread that may block.
   *
   * @return the piece, retained for the caller
   * @throws IOException when it cannot be read, or is not what its hash says
   */
  Piece load(int piece) throws IOException;
}
