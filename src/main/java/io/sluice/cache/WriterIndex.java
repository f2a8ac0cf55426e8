package io.sluice.cache;

import io.sluice.cache.DiskState.Hold;
import io.sluice.cache.StoredPiece.Stage;
import io.sluice.wire.InfoHash;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the writer of the disk tier is to do, and what has become of it; {@link DiskIndex} is the
 * other side of it.
 *
 * <p>Safe for any thread. No method blocks or does I/O; what was lost by a call is to be said by
 * {@link #tellLost}.
 */
final class WriterIndex {

  private final DiskState state;
  private final DiskRoom room;
  private final WriteQueue queue;
  private final StoredPieces pieces;
  private final PendingPieces pending;
  private final UnsyncedPieces unsynced;
  private final RecentUses uses;
  private final DiskCounts counts;

  WriterIndex(DiskState state) {
    this.state = state;
    room = state.room;
    queue = state.queue;
    pieces = state.pieces;
    pending = state.pending;
    unsynced = state.unsynced;
    uses = state.uses;
    counts = state.counts;
  }

  /** Takes in what the journal or the folder says, the least recently used first. */
  void restore(Map<PieceKey, Integer> found, Collection<InfoHash> pinned) {
    try (Hold _ = state.hold()) {
      for (InfoHash infoHash : pinned) {
        pieces.torrent(infoHash).pinned = true;
      }
      found.forEach(
          (key, length) -> {
            StoredTorrent torrent = pieces.torrent(key.infoHash());
            if (torrent.mayHave(key.piece(), length) && !torrent.pieces.containsKey(key.piece())) {
              pieces.restore(torrent, key.piece(), length);
              pending.remove(torrent, key.piece());
            }
          });
      pieces.enforceRoom();
    }
  }

  /** The next piece to write, if any waits. */
  @Nullable StoredPiece nextQueued() {
    try (Hold _ = state.hold()) {
      return queue.poll();
    }
  }

  PendingPieces.@Nullable Pending nextPending() {
    try (Hold _ = state.hold()) {
      return pending.poll();
    }
  }

  /** A pending piece was found in memory; nothing when it is here already. */
  @Nullable StoredPiece found(PendingPieces.Pending wanted, Piece bytes) {
    try (Hold _ = state.hold()) {
      StoredTorrent torrent = wanted.torrent();
      if (torrent.forgotten || torrent.pieces.containsKey(wanted.piece())) {
        return null;
      }
      StoredPiece stored = pieces.enqueue(torrent, wanted.piece(), bytes);
      queue.remove(stored); // Its turn is now.
      return stored;
    }
  }

  /** See {@link StoredPieces#takeRoom}. */
  WriteRoom take(StoredPiece stored, long deviceRoomBytes) {
    try (Hold _ = state.hold()) {
      return pieces.takeRoom(stored, deviceRoomBytes);
    }
  }

  /** Whether a piece of so many bytes could be written, all that is not pinned making way. */
  boolean fits(int length, long deviceRoomBytes) {
    try (Hold _ = state.hold()) {
      return room.fits(length, deviceRoomBytes);
    }
  }

  /** Whether it is the device, and not our own bound, that leaves little room. */
  boolean deviceFull(long deviceRoomBytes) {
    try (Hold _ = state.hold()) {
      return room.deviceFull(deviceRoomBytes);
    }
  }

  /** See {@link StoredPieces#drainCondemned}. */
  List<StoredPiece> drainVictims() {
    try (Hold _ = state.hold()) {
      return pieces.drainCondemned();
    }
  }

  /** A piece has become a file, and stands in the journal by this line. */
  void written(StoredPiece stored, int line) {
    try (Hold _ = state.hold()) {
      counts.writes++;
      pieces.written(stored);
      unsynced.written(stored, line);
    }
  }

  /** A piece could not be written; a pinned one is looked for in memory again later. */
  void unwritable(StoredPiece stored) {
    try (Hold _ = state.hold()) {
      giveUp(stored);
    }
  }

  private void giveUp(StoredPiece stored) {
    pieces.drop(stored);
    if (stored.torrent.pinned && !stored.torrent.forgotten) {
      pending.add(stored.torrent, stored.piece);
    }
  }

  /** A piece is not what it should be; whether it was still here. */
  boolean dropWrong(StoredPiece stored) {
    try (Hold _ = state.hold()) {
      if (stored.stage != Stage.STORED) {
        return false;
      }
      counts.wrong++;
      pieces.drop(stored);
      return true;
    }
  }

  /** Drops what waits: it cannot be written now. */
  void dropQueue() {
    try (Hold _ = state.hold()) {
      for (StoredPiece waiting : queue.snapshot()) {
        counts.refused++;
        giveUp(waiting);
      }
    }
  }

  /** All files are gone. */
  void dropFiles() {
    try (Hold _ = state.hold()) {
      pieces.dropFiles();
      pieces.torrents().forEach(pending::lookForPinned);
      unsynced.clear();
      uses.drain();
    }
  }

  boolean contains(PieceKey key) {
    try (Hold _ = state.hold()) {
      StoredTorrent torrent = pieces.known(key.infoHash());
      return torrent != null && torrent.pieces.containsKey(key.piece());
    }
  }

  /** Files that there are. */
  int files() {
    try (Hold _ = state.hold()) {
      return pieces.files();
    }
  }

  /** Uses since the last call. */
  Map<InfoHash, Set<Integer>> drainUses() {
    try (Hold _ = state.hold()) {
      return uses.drain();
    }
  }

  /** Pinned pieces that were written since the last call. */
  UnsyncedPieces.Batch drainUnsynced() {
    try (Hold _ = state.hold()) {
      return unsynced.drain();
    }
  }

  /** Could not be synced: they are still to be. */
  void stillUnsynced(List<StoredPiece> batch) {
    try (Hold _ = state.hold()) {
      unsynced.addAll(batch);
    }
  }

  /** What a journal that is written anew has to say. */
  JournalContent content() {
    try (Hold _ = state.hold()) {
      return JournalContent.of(pieces, room.coldestFirst(), unsynced.begunAnew());
    }
  }

  /** See {@link DiskState#tellLost}. */
  void tellLost() {
    state.tellLost();
  }

  /** Gives back what still waits. */
  void close() {
    try (Hold _ = state.hold()) {
      queue.snapshot().forEach(pieces::drop);
      pieces.clearNews();
      queue.takesAll(false);
    }
  }
}
