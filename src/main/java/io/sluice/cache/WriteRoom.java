package io.sluice.cache;

import java.util.List;

/** What is to happen with a piece that is to be written. */
sealed interface WriteRoom {

  /**
   * Write it, when the victims have gone.
   *
   * @param bytes retained for the writer
   */
  record Taken(Piece bytes, List<StoredPiece> victims) implements WriteRoom {}

  /** It is not wanted any more, or not worth its room; it has been dropped. */
  record Unwanted() implements WriteRoom {}

  /** The device is full, or pinned torrents take all there is; it has been dropped. */
  record None(boolean deviceFull) implements WriteRoom {}
}
