package io.sluice.cache;

import io.sluice.cache.StoredPiece.Stage;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of the disk tier by torrent, and how each comes and goes:
 *
 * <pre>
 *             enqueue              takeRoom              written
 *  (memory) ──────────> QUEUED ──────────────> WRITING ──────────> STORED <── restore (journal)
 *                         │                      │                   │
 *                         └──────────────── drop ┴───────────────────┴──> GONE
 * </pre>
 *
 * <p>Invariants: a piece that is queued or being written has its bytes in memory, and no other has;
 * one that is being written or stored has its room, and no other has; the stored ones are what
 * {@link #files} and {@link StoredTorrent#storedBytes} count; one that is gone is in no torrent.
 * Each that is lost, and each that is restored, is news for who stands above its torrent.
 *
 * <p>Guarded by the lock of {@link DiskState}.
 */
final class StoredPieces {

  private final DiskRoom room;
  private final WriteQueue queue;
  private final DiskCounts counts;
  private final Map<InfoHash, StoredTorrent> torrents = new HashMap<>();
  private final ArrayDeque<Runnable> news = new ArrayDeque<>();

  /** Pieces that have left for want of room, and whose files are to be deleted. */
  private List<StoredPiece> condemned = new ArrayList<>();

  private int files;

  StoredPieces(DiskRoom room, WriteQueue queue, DiskCounts counts) {
    this.room = room;
    this.queue = queue;
    this.counts = counts;
  }

  // ---- torrents ----

  /** A torrent, empty when nothing was known of it. */
  StoredTorrent torrent(InfoHash infoHash) {
    return torrents.computeIfAbsent(infoHash, StoredTorrent::new);
  }

  @Nullable StoredTorrent known(InfoHash infoHash) {
    return torrents.get(infoHash);
  }

  Collection<StoredTorrent> torrents() {
    return torrents.values();
  }

  /** Learns what a torrent's pieces are; those that cannot be of it go. */
  void describe(StoredTorrent torrent, TorrentInfo info) {
    torrent.info = info;
    for (StoredPiece stored : List.copyOf(torrent.pieces.values())) {
      if (!torrent.mayHave(stored.piece, stored.length)) {
        drop(stored);
      }
    }
  }

  /** Takes a torrent out: nothing comes in for it any more, and nobody is told of it. */
  @Nullable StoredTorrent forget(InfoHash infoHash) {
    StoredTorrent torrent = torrents.remove(infoHash);
    if (torrent != null) {
      torrent.forgotten = true;
      torrent.above = PieceSource.Above.NONE;
      List.copyOf(torrent.pieces.values()).forEach(this::drop);
    }
    return torrent;
  }

  /** Has a torrent's pieces stay, or not; gives those that are files or are about to be. */
  List<StoredPiece> pin(StoredTorrent torrent, boolean on) {
    List<StoredPiece> there =
        torrent.pieces.values().stream()
            .filter(each -> each.stage == Stage.STORED || each.stage == Stage.WRITING)
            .toList();
    there.forEach(room::remove);
    torrent.pinned = on;
    // What the pinned pieces leave is there for them as others.
    room.enforce();
    there.forEach(room::add);
    enforceRoom();
    return there;
  }

  // ---- pieces that come ----

  StoredPiece enqueue(StoredTorrent torrent, int piece, Piece bytes) {
    StoredPiece stored = new StoredPiece(torrent, piece, bytes.length(), Stage.QUEUED);
    torrent.pieces.put(piece, stored);
    queue.add(stored, bytes);
    return stored;
  }

  /** Whether so much may be queued; for what must stay, what need not makes way. */
  boolean makeRoomInQueue(int length, boolean pinned) {
    if (pinned) {
      for (StoredPiece waiting : queue.snapshot()) {
        if (queue.hasRoom(length)) {
          break;
        }
        if (!waiting.torrent.pinned) {
          counts.refused++;
          drop(waiting);
        }
      }
    }
    return queue.hasRoom(length);
  }

  /**
   * Takes room for a piece that was queued.
   *
   * @param deviceRoomBytes bytes that may still be written to the device
   */
  WriteRoom takeRoom(StoredPiece stored, long deviceRoomBytes) {
    Piece bytes = stored.bytes;
    if (stored.stage != Stage.QUEUED || bytes == null) {
      return new WriteRoom.Unwanted();
    }
    room.measure(deviceRoomBytes);
    if (!room.fits(stored.length)) {
      enforceRoom();
      drop(stored);
      return new WriteRoom.None(room.deviceFull());
    }
    room.enforce();
    room.add(stored);
    stored.stage = Stage.WRITING;
    enforceRoom();
    if (stored.stage != Stage.WRITING) {
      return new WriteRoom.Unwanted();
    }
    return new WriteRoom.Taken(bytes.retain(), drainCondemned());
  }

  /** A piece has become a file; it may have been dropped while it was written. */
  void written(StoredPiece stored) {
    if (stored.stage != Stage.WRITING) {
      if (!stored.torrent.forgotten) {
        condemned.add(stored);
      }
      return;
    }
    queue.release(stored);
    isFile(stored);
    room.guardEdges(stored);
    condemn();
  }

  /** A file was found that is not here; {@link #enforceRoom} is to follow the last of them. */
  void restore(StoredTorrent torrent, int piece, int length) {
    StoredPiece stored = new StoredPiece(torrent, piece, length, Stage.STORED);
    torrent.pieces.put(piece, stored);
    isFile(stored);
    room.add(stored);
    PieceSource.Above above = torrent.above;
    news.add(() -> above.returned(piece));
  }

  private void isFile(StoredPiece stored) {
    stored.stage = Stage.STORED;
    stored.torrent.storedBytes += stored.length;
    files++;
  }

  // ---- pieces that go ----

  /** A file was read, which may let others leave. */
  void use(StoredPiece stored) {
    room.use(stored);
    condemn();
  }

  void enforceRoom() {
    room.enforce();
    condemn();
  }

  /** Drops what has left the order; its files go when the writer comes to it. */
  private void condemn() {
    for (StoredPiece victim : room.drainVictims()) {
      if (victim.stage == Stage.STORED) {
        counts.evicted++;
        condemned.add(victim);
      }
      drop(victim);
    }
  }

  /**
   * Pieces that have left for want of room since the last call, and whose files are still there.
   */
  List<StoredPiece> drainCondemned() {
    List<StoredPiece> drained = condemned;
    condemned = new ArrayList<>();
    return drained;
  }

  /** Takes a piece out of everything, and remembers to say so. */
  void drop(StoredPiece stored) {
    StoredTorrent torrent = stored.torrent;
    if (stored.stage == Stage.GONE || !torrent.pieces.remove(stored.piece, stored)) {
      return;
    }
    switch (stored.stage) {
      case QUEUED -> queue.remove(stored);
      case WRITING -> room.remove(stored);
      case STORED -> {
        torrent.storedBytes -= stored.length;
        files--;
        room.remove(stored);
      }
      case GONE -> {}
    }
    queue.release(stored);
    stored.stage = Stage.GONE;
    PieceSource.Above above = torrent.above;
    news.add(() -> above.lost(stored.piece));
  }

  /** All files are gone. */
  void dropFiles() {
    for (StoredTorrent torrent : torrents.values()) {
      for (StoredPiece stored : List.copyOf(torrent.pieces.values())) {
        if (stored.stage == Stage.STORED) {
          drop(stored);
        }
      }
    }
    condemned.clear();
  }

  // ---- what there is to tell ----

  /**
   * Tells who stands above of one piece that was lost or came back; not to be run under the lock.
   */
  @Nullable Runnable pollNews() {
    return news.poll();
  }

  void clearNews() {
    news.clear();
  }

  int files() {
    return files;
  }
}
