package io.sluice.cache;

import java.io.IOException;
import java.util.Optional;

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

  /**
   * Whether {@link #open} can be expected to work: the piece has been verified in this process and
   * lies in a file that nobody else writes to. Does no I/O.
   */
  default boolean opens(int piece) {
    return false;
  }

  /**
   * Opens the file in which a piece lies and has its bytes fetched from the device, on a thread
   * that may block. Empty when the file is not as it was when the piece was verified, or cannot be
   * opened: {@link #load} then says why.
   */
  default Optional<PieceFile> open(int piece) {
    return Optional.empty();
  }

  /** The same if it takes no waiting, since the piece was sent from there a short while ago. */
  default Optional<PieceFile> openAtOnce(int piece) {
    return Optional.empty();
  }

  /**
   * Names what stands above this source, which is told from now on what comes and goes here; the
   * last one named counts.
   */
  default void attach(Above above) {}

  /**
   * A verified piece has come into memory from elsewhere. Returns at once; whoever keeps the bytes
   * beyond the call retains them.
   */
  default void arrived(int piece, Piece bytes) {}

  /**
   * A verified piece is leaving memory. Returns at once; whoever keeps the bytes beyond the call
   * retains them.
   *
   * @return whether the piece can be loaded from here from now on
   */
  default boolean leaving(int piece, Piece bytes) {
    return has(piece);
  }

  /** What keeps it from having pieces that it should have, if anything; one line. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /** What stands above a source: memory, and the swarm behind it. Safe for any thread. */
  interface Above {

    /** Nobody. */
    Above NONE =
        new Above() {
          @Override
          public void lost(int piece) {}

          @Override
          public void returned(int piece) {}

          @Override
          public Optional<Piece> peek(int piece) {
            return Optional.empty();
          }
        };

    /** The source had a piece and does not have it any more. */
    void lost(int piece);

    /** The source has a piece that it did not have, and that nobody handed to it. */
    void returned(int piece);

    /** The piece when it is in memory, retained for the caller; counts as no use of it. */
    Optional<Piece> peek(int piece);
  }
}
