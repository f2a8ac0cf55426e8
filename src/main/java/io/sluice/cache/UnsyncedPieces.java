package io.sluice.cache;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Pieces of pinned torrents that are files and may not outlive a loss of power yet, and the last
 * line of the journal that names a piece.
 *
 * <p>Guarded by the lock of {@link DiskState}.
 */
final class UnsyncedPieces {

  /**
   * Some of them.
   *
   * @param line of the journal, by which the last of them stands there; 0 when it was written anew
   *     since
   */
  record Batch(List<StoredPiece> pieces, int line) {}

  private List<StoredPiece> unsynced = new ArrayList<>();
  private int writtenLine;

  /** A piece has become a file, and stands in the journal by this line. */
  void written(StoredPiece stored, int line) {
    writtenLine = line;
    if (stored.stage == StoredPiece.Stage.STORED && stored.torrent.pinned) {
      unsynced.add(stored);
    }
  }

  void addAll(List<StoredPiece> pieces) {
    unsynced.addAll(pieces);
  }

  /** Takes all; the line stays. */
  Batch drain() {
    Batch drained = new Batch(unsynced, writtenLine);
    unsynced = new ArrayList<>();
    return drained;
  }

  /** The journal is written anew, and its lines count from there; gives what is unsynced then. */
  Set<StoredPiece> begunAnew() {
    writtenLine = 0;
    return new HashSet<>(unsynced);
  }

  void clear() {
    unsynced.clear();
  }
}
