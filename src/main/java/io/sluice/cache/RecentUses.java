package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Pieces that were read since that was last written to the journal. Invariant: at most {@link
 * #MOST} of them; later ones are not remembered.
 *
 * <p>Guarded by the lock of {@link DiskState}.
 */
final class RecentUses {

  private static final int MOST = 20_000;

  private Map<InfoHash, Set<Integer>> uses = new HashMap<>();
  private int count;

  void add(StoredPiece stored) {
    if (count < MOST
        && uses.computeIfAbsent(stored.torrent.infoHash, _ -> new TreeSet<>()).add(stored.piece)) {
      count++;
    }
  }

  void forget(InfoHash infoHash) {
    Set<Integer> gone = uses.remove(infoHash);
    count -= gone == null ? 0 : gone.size();
  }

  /** Gives all, and begins anew. */
  Map<InfoHash, Set<Integer>> drain() {
    Map<InfoHash, Set<Integer>> drained = uses;
    uses = new HashMap<>();
    count = 0;
    return drained;
  }
}
