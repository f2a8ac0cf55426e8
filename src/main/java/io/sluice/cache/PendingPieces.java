package io.sluice.cache;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pieces that are in memory, perhaps, and not in the disk tier, and are to be: the writer looks for
 * them one by one.
 *
 * <p>Invariant: a torrent is here exactly while one of its pieces is.
 *
 * <p>Guarded by the lock of {@link DiskState}.
 */
final class PendingPieces {

  /** One of them, and where it may be. */
  record Pending(StoredTorrent torrent, int piece, PieceSource.Above above) {}

  private final Map<StoredTorrent, BitSet> pending = new LinkedHashMap<>();

  void add(StoredTorrent torrent, int piece) {
    pending.computeIfAbsent(torrent, _ -> new BitSet()).set(piece);
  }

  /** Everything of a torrent that is not in the tier may be in memory. */
  void addMissing(StoredTorrent torrent) {
    if (torrent.info == null) {
      return;
    }
    int pieces = torrent.info.geometry().pieces();
    for (int piece = 0; piece < pieces; piece++) {
      if (!torrent.pieces.containsKey(piece)) {
        add(torrent, piece);
      }
    }
  }

  /** The same when the torrent is pinned. */
  void lookForPinned(StoredTorrent torrent) {
    if (torrent.pinned) {
      addMissing(torrent);
    }
  }

  void remove(StoredTorrent torrent, int piece) {
    BitSet ofTorrent = pending.get(torrent);
    if (ofTorrent != null) {
      ofTorrent.clear(piece);
      if (ofTorrent.isEmpty()) {
        pending.remove(torrent);
      }
    }
  }

  void removeAll(StoredTorrent torrent) {
    pending.remove(torrent);
  }

  boolean any(StoredTorrent torrent) {
    return pending.containsKey(torrent);
  }

  /** Takes the next one out. */
  @Nullable Pending poll() {
    var torrents = pending.entrySet().iterator();
    if (!torrents.hasNext()) {
      return null;
    }
    Map.Entry<StoredTorrent, BitSet> next = torrents.next();
    StoredTorrent torrent = next.getKey();
    int piece = next.getValue().nextSetBit(0);
    remove(torrent, piece);
    return new Pending(torrent, piece, torrent.above);
  }
}
