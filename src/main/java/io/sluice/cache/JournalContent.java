package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a journal has to say, the least recently used piece first.
 *
 * @param settled lengths of the pieces that are files
 * @param recent those that may not outlive a loss of power yet
 */
record JournalContent(
    List<InfoHash> pinned, Map<PieceKey, Integer> settled, Map<PieceKey, Integer> recent) {

  /**
   * For who holds the lock.
   *
   * @param coldestFirst the pieces that are not pinned
   */
  static JournalContent of(
      StoredPieces pieces, List<StoredPiece> coldestFirst, Set<StoredPiece> unsynced) {
    List<InfoHash> pinned = new ArrayList<>();
    Map<PieceKey, Integer> settled = new LinkedHashMap<>();
    Map<PieceKey, Integer> recent = new LinkedHashMap<>();
    for (StoredPiece stored : coldestFirst) {
      if (stored.stage == StoredPiece.Stage.STORED) {
        settled.put(stored.key(), stored.length);
      }
    }
    for (StoredTorrent torrent : pieces.torrents()) {
      if (!torrent.pinned) {
        continue;
      }
      pinned.add(torrent.infoHash);
      for (StoredPiece stored : torrent.pieces.values()) {
        if (stored.stage == StoredPiece.Stage.STORED) {
          (unsynced.contains(stored) ? recent : settled).put(stored.key(), stored.length);
        }
      }
    }
    return new JournalContent(pinned, settled, recent);
  }
}
