package io.sluice.cache;

import io.sluice.cache.StoredPiece.Stage;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the disk tier has, and what waits to be written, in memory.
 *
 * <p>Invariants: the pieces that are files or are being written have at most {@link
 * DiskLimits#maxBytes} together; those of torrents that are not pinned are in the order of
 * eviction, and no others are; a piece has bytes in memory exactly while it is queued or being
 * written.
 *
 * <p>Safe for any thread. One lock guards all state; it is held for a few map operations, nothing
 * foreign runs under it, and no method does I/O. Who must be told of losses is told by {@link
 * #tellLost}, without the lock.
 */
final class DiskIndex {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<InfoHash, StoredTorrent> torrents = new HashMap<>();
  private final DiskRoom room;
  private final WriteQueue queue;
  private final LinkedHashSet<StoredTorrent> withPending = new LinkedHashSet<>();
  private final ArrayDeque<Runnable> news = new ArrayDeque<>();
  private final RecentUses uses = new RecentUses();
  private List<StoredPiece> unsynced = new ArrayList<>();

  /** Pieces that have left for want of room, and whose files are to be deleted. */
  private List<StoredPiece> condemned = new ArrayList<>();

  private int writtenLine;
  private int files;
  private long reads;
  private long hashes;
  private long writes;
  private long evicted;
  private long wrong;
  private long refused;

  DiskIndex(DiskLimits limits) {
    room = new DiskRoom(limits);
    queue = new WriteQueue(limits.queueBytes());
  }

  /** Lets go of the lock when closed. */
  private final class Hold implements AutoCloseable {
    Hold() {
      lock.lock();
    }

    @Override
    public void close() {
      lock.unlock();
    }
  }

  // ---- what memory asks ----

  StoredTorrent know(TorrentInfo info) {
    try (Hold _ = new Hold()) {
      StoredTorrent torrent = torrents.computeIfAbsent(info.infoHash(), StoredTorrent::new);
      torrent.info = info;
      for (StoredPiece stored : List.copyOf(torrent.pieces.values())) {
        if (!info.geometry().contains(stored.piece)
            || info.geometry().bytesOf(stored.piece) != stored.length) {
          drop(stored);
        }
      }
      lookForPinned(torrent);
      return torrent;
    }
  }

  void attach(StoredTorrent torrent, PieceSource.Above above) {
    try (Hold _ = new Hold()) {
      torrent.above = above;
      lookForPinned(torrent);
    }
  }

  /** See {@link DiskTier#settle}. */
  boolean settle(InfoHash infoHash, boolean begin) {
    try (Hold _ = new Hold()) {
      StoredTorrent torrent = torrents.get(infoHash);
      if (torrent == null) {
        return true;
      }
      if (begin) {
        torrent.lookForMissing();
        withPending.add(torrent);
      }
      return torrent.pending.isEmpty()
          && torrent.pieces.values().stream().allMatch(stored -> stored.stage == Stage.STORED);
    }
  }

  private void lookForPinned(StoredTorrent torrent) {
    if (torrent.pinned) {
      torrent.lookForMissing();
    }
    if (!torrent.pending.isEmpty()) {
      withPending.add(torrent);
    }
  }

  boolean has(StoredTorrent torrent, int piece) {
    try (Hold _ = new Hold()) {
      return torrent.pieces.containsKey(piece);
    }
  }

  @Nullable StoredPiece find(StoredTorrent torrent, int piece) {
    try (Hold _ = new Hold()) {
      return torrent.pieces.get(piece);
    }
  }

  /** The bytes of a piece that is no file yet, retained for the caller. */
  @Nullable Piece unwritten(StoredPiece stored) {
    try (Hold _ = new Hold()) {
      return stored.bytes == null ? null : stored.bytes.retain();
    }
  }

  long hashedModifiedNanos(StoredPiece stored) {
    try (Hold _ = new Hold()) {
      return stored.hashedModifiedNanos;
    }
  }

  /** Whether a piece is a file that was hashed in this process. */
  boolean hashed(StoredTorrent torrent, int piece) {
    try (Hold _ = new Hold()) {
      StoredPiece stored = torrent.pieces.get(piece);
      return stored != null
          && stored.stage == Stage.STORED
          && stored.hashedModifiedNanos != StoredPiece.NEVER;
    }
  }

  /** A piece was read, and is right. */
  void read(StoredPiece stored, long modifiedNanos, boolean hashed) {
    try (Hold _ = new Hold()) {
      reads++;
      if (hashed) {
        hashes++;
        stored.hashedModifiedNanos = modifiedNanos;
      }
      if (stored.stage == Stage.STORED) {
        room.use(stored);
        uses.add(stored);
        condemn();
      }
    }
  }

  /** A piece was verified; whether there is something to write. */
  boolean arrived(StoredTorrent torrent, int piece) {
    try (Hold _ = new Hold()) {
      if (!torrent.pinned || torrent.forgotten || torrent.pieces.containsKey(piece)) {
        return false;
      }
      torrent.pending.set(piece);
      withPending.add(torrent);
      return true;
    }
  }

  /** A piece leaves memory; whether it can be had from here. */
  boolean leaving(StoredTorrent torrent, int piece, Piece bytes, boolean troubled) {
    try (Hold _ = new Hold()) {
      if (torrent.pieces.containsKey(piece)) {
        return true;
      }
      torrent.pending.clear(piece);
      if (torrent.forgotten || troubled || !makeRoomInQueue(bytes.length(), torrent.pinned)) {
        refused++;
        return false;
      }
      enqueue(torrent, piece, bytes);
      return true;
    }
  }

  private boolean makeRoomInQueue(int length, boolean pinned) {
    if (pinned) {
      // What need not stay makes way for what must.
      for (StoredPiece waiting : queue.snapshot()) {
        if (queue.hasRoom(length)) {
          break;
        }
        if (!waiting.torrent.pinned) {
          refused++;
          drop(waiting);
        }
      }
    }
    return queue.hasRoom(length);
  }

  private StoredPiece enqueue(StoredTorrent torrent, int piece, Piece bytes) {
    StoredPiece stored = new StoredPiece(torrent, piece, bytes.length(), Stage.QUEUED);
    torrent.pieces.put(piece, stored);
    queue.add(stored, bytes);
    return stored;
  }

  void takeAll() {
    try (Hold _ = new Hold()) {
      queue.takesAll(true);
    }
  }

  // ---- what the operator wants ----

  /** Whether that is news. */
  boolean pin(InfoHash infoHash, boolean on) {
    try (Hold _ = new Hold()) {
      StoredTorrent torrent = torrents.computeIfAbsent(infoHash, StoredTorrent::new);
      if (torrent.pinned == on) {
        return false;
      }
      List<StoredPiece> there =
          torrent.pieces.values().stream()
              .filter(each -> each.stage == Stage.STORED || each.stage == Stage.WRITING)
              .toList();
      there.forEach(room::remove);
      torrent.pinned = on;
      if (on) {
        unsynced.addAll(there);
        lookForPinned(torrent);
      } else {
        torrent.pending.clear();
        // What the pinned pieces leave is there for them as others.
        room.enforce();
      }
      there.forEach(room::add);
      room.enforce();
      condemn();
      return true;
    }
  }

  void forget(InfoHash infoHash) {
    try (Hold _ = new Hold()) {
      StoredTorrent torrent = torrents.remove(infoHash);
      if (torrent != null) {
        torrent.forgotten = true;
        torrent.above = PieceSource.Above.NONE;
        torrent.pending.clear();
        withPending.remove(torrent);
        List.copyOf(torrent.pieces.values()).forEach(this::drop);
        uses.forget(infoHash);
      }
    }
  }

  long heldBytes(InfoHash infoHash) {
    try (Hold _ = new Hold()) {
      StoredTorrent torrent = torrents.get(infoHash);
      return torrent == null ? 0 : torrent.storedBytes;
    }
  }

  long bytes() {
    try (Hold _ = new Hold()) {
      return room.bytes();
    }
  }

  long pinnedBytes() {
    try (Hold _ = new Hold()) {
      return room.pinnedBytes();
    }
  }

  DiskStats stats() {
    try (Hold _ = new Hold()) {
      return new DiskStats(reads, hashes, writes, evicted, wrong, refused);
    }
  }

  // ---- what the writer does ----

  /** Takes in what the journal or the folder says, the least recently used first. */
  void restore(Map<PieceKey, Integer> pieces, Collection<InfoHash> pinned) {
    try (Hold _ = new Hold()) {
      for (InfoHash infoHash : pinned) {
        torrents.computeIfAbsent(infoHash, StoredTorrent::new).pinned = true;
      }
      pieces.forEach(
          (key, length) -> {
            StoredTorrent torrent = torrents.computeIfAbsent(key.infoHash(), StoredTorrent::new);
            TorrentInfo info = torrent.info;
            boolean fits =
                info == null
                    || (info.geometry().contains(key.piece())
                        && info.geometry().bytesOf(key.piece()) == length);
            if (fits && !torrent.pieces.containsKey(key.piece())) {
              restore(torrent, key.piece(), length);
            }
          });
      room.enforce();
      condemn();
    }
  }

  private void restore(StoredTorrent torrent, int piece, int length) {
    StoredPiece stored = new StoredPiece(torrent, piece, length, Stage.STORED);
    torrent.pieces.put(piece, stored);
    torrent.pending.clear(piece);
    torrent.storedBytes += length;
    files++;
    room.add(stored);
    PieceSource.Above above = torrent.above;
    news.add(() -> above.returned(piece));
  }

  /** The next piece to write, if any waits. */
  @Nullable StoredPiece nextQueued() {
    try (Hold _ = new Hold()) {
      return queue.poll();
    }
  }

  /** A pinned piece that may be in memory, and where. */
  record Pending(StoredTorrent torrent, int piece, PieceSource.Above above) {}

  @Nullable Pending nextPending() {
    try (Hold _ = new Hold()) {
      while (!withPending.isEmpty()) {
        StoredTorrent torrent = withPending.getFirst();
        int piece = torrent.pending.nextSetBit(0);
        if (piece < 0) {
          withPending.remove(torrent);
          continue;
        }
        torrent.pending.clear(piece);
        return new Pending(torrent, piece, torrent.above);
      }
      return null;
    }
  }

  /** A pending piece was found in memory; nothing when it is here already. */
  @Nullable StoredPiece found(Pending pending, Piece bytes) {
    try (Hold _ = new Hold()) {
      StoredTorrent torrent = pending.torrent();
      if (torrent.forgotten || torrent.pieces.containsKey(pending.piece())) {
        return null;
      }
      StoredPiece stored = enqueue(torrent, pending.piece(), bytes);
      queue.remove(stored);
      return stored;
    }
  }

  /** What is to happen with a piece that is to be written. */
  sealed interface Room {
    /** Write it, when the victims have gone. */
    record Taken(Piece bytes, List<StoredPiece> victims) implements Room {}

    /** It is not wanted any more, or not worth its room; it has been dropped. */
    record Unwanted() implements Room {}

    /** The device is full, or pinned torrents take all there is; it has been dropped. */
    record None(boolean deviceFull) implements Room {}
  }

  /**
   * Takes room for a piece.
   *
   * @param deviceRoomBytes bytes that may still be written to the device
   */
  Room take(StoredPiece stored, long deviceRoomBytes) {
    try (Hold _ = new Hold()) {
      Piece bytes = stored.bytes;
      if (stored.stage != Stage.QUEUED || bytes == null) {
        return new Room.Unwanted();
      }
      room.measure(deviceRoomBytes);
      boolean fits = room.fits(stored.length);
      room.enforce();
      if (!fits) {
        condemn();
        drop(stored);
        return new Room.None(room.deviceFull());
      }
      room.add(stored);
      room.enforce();
      stored.stage = Stage.WRITING;
      condemn();
      if (stored.stage != Stage.WRITING) {
        return new Room.Unwanted();
      }
      return new Room.Taken(bytes.retain(), drainCondemned());
    }
  }

  /** Whether a piece of so many bytes could be written, all that is not pinned making way. */
  boolean fits(int length, long deviceRoomBytes) {
    try (Hold _ = new Hold()) {
      return room.fits(length, deviceRoomBytes);
    }
  }

  /** Whether it is the device, and not our own bound, that leaves little room. */
  boolean deviceFull(long deviceRoomBytes) {
    try (Hold _ = new Hold()) {
      return room.deviceFull(deviceRoomBytes);
    }
  }

  /** Drops what has left the order; its files go when the writer comes to it. */
  private void condemn() {
    for (StoredPiece victim : room.drainVictims()) {
      if (victim.stage == Stage.STORED) {
        evicted++;
        condemned.add(victim);
      }
      drop(victim);
    }
  }

  /** Pieces that have left for want of room, and whose files are still there. */
  List<StoredPiece> drainVictims() {
    try (Hold _ = new Hold()) {
      return drainCondemned();
    }
  }

  private List<StoredPiece> drainCondemned() {
    List<StoredPiece> drained = condemned;
    condemned = new ArrayList<>();
    return drained;
  }

  /**
   * A piece has become a file, and stands in the journal by this line. It may have been dropped
   * while it was written.
   */
  void written(StoredPiece stored, int line) {
    try (Hold _ = new Hold()) {
      writes++;
      writtenLine = line;
      if (stored.stage != Stage.WRITING) {
        if (!stored.torrent.forgotten) {
          condemned.add(stored);
        }
        return;
      }
      queue.release(stored);
      stored.stage = Stage.STORED;
      stored.torrent.storedBytes += stored.length;
      files++;
      if (stored.torrent.pinned) {
        unsynced.add(stored);
      }
      room.guardEdges(stored);
      condemn();
    }
  }

  /** A piece could not be written; a pinned one is looked for in memory again later. */
  void unwritable(StoredPiece stored) {
    try (Hold _ = new Hold()) {
      boolean again = stored.torrent.pinned && !stored.torrent.forgotten;
      drop(stored);
      if (again) {
        stored.torrent.pending.set(stored.piece);
        withPending.add(stored.torrent);
      }
    }
  }

  /** A piece is not what it should be; whether it was still here. */
  boolean dropWrong(StoredPiece stored) {
    try (Hold _ = new Hold()) {
      if (stored.stage != Stage.STORED) {
        return false;
      }
      wrong++;
      drop(stored);
      return true;
    }
  }

  /** Drops what waits and is not pinned: it cannot be written now. */
  void dropQueue() {
    try (Hold _ = new Hold()) {
      for (StoredPiece waiting : queue.snapshot()) {
        refused++;
        boolean pinned = waiting.torrent.pinned;
        drop(waiting);
        if (pinned) {
          waiting.torrent.pending.set(waiting.piece);
          withPending.add(waiting.torrent);
        }
      }
    }
  }

  /** All files are gone. */
  void dropFiles() {
    try (Hold _ = new Hold()) {
      for (StoredTorrent torrent : torrents.values()) {
        for (StoredPiece stored : List.copyOf(torrent.pieces.values())) {
          if (stored.stage == Stage.STORED) {
            drop(stored);
          }
        }
        lookForPinned(torrent);
      }
      unsynced.clear();
      condemned.clear();
      uses.drain();
    }
  }

  /** Takes a piece out of everything, and remembers to say so. */
  private void drop(StoredPiece stored) {
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

  /** Tells who stands above of what was lost and what came back; not under the lock. */
  void tellLost() {
    while (true) {
      Runnable next;
      try (Hold _ = new Hold()) {
        next = news.poll();
      }
      if (next == null) {
        return;
      }
      next.run();
    }
  }

  boolean contains(PieceKey key) {
    try (Hold _ = new Hold()) {
      StoredTorrent torrent = torrents.get(key.infoHash());
      return torrent != null && torrent.pieces.containsKey(key.piece());
    }
  }

  /** Files that there are. */
  int files() {
    try (Hold _ = new Hold()) {
      return files;
    }
  }

  /** Uses since the last call. */
  Map<InfoHash, Set<Integer>> drainUses() {
    try (Hold _ = new Hold()) {
      return uses.drain();
    }
  }

  /**
   * Pinned pieces that were written since the last call.
   *
   * @param line of the journal, by which the last of them stands there; 0 when it was written anew
   *     since
   */
  record Unsynced(List<StoredPiece> pieces, int line) {}

  Unsynced drainUnsynced() {
    try (Hold _ = new Hold()) {
      Unsynced drained = new Unsynced(unsynced, writtenLine);
      unsynced = new ArrayList<>();
      return drained;
    }
  }

  /** Could not be synced: they are still to be. */
  void stillUnsynced(List<StoredPiece> pieces) {
    try (Hold _ = new Hold()) {
      unsynced.addAll(pieces);
    }
  }

  /** What a journal has to say, the least recently used first. */
  record Content(
      List<InfoHash> pinned, Map<PieceKey, Integer> settled, Map<PieceKey, Integer> recent) {}

  Content content() {
    try (Hold _ = new Hold()) {
      List<InfoHash> pinned = new ArrayList<>();
      Map<PieceKey, Integer> settled = new LinkedHashMap<>();
      Map<PieceKey, Integer> recent = new LinkedHashMap<>();
      Set<StoredPiece> fresh = new HashSet<>(unsynced);
      writtenLine = 0;
      for (StoredPiece stored : room.coldestFirst()) {
        if (stored.stage == Stage.STORED) {
          settled.put(stored.key(), stored.length);
        }
      }
      for (StoredTorrent torrent : torrents.values()) {
        if (!torrent.pinned) {
          continue;
        }
        pinned.add(torrent.infoHash);
        for (StoredPiece stored : torrent.pieces.values()) {
          if (stored.stage == Stage.STORED) {
            (fresh.contains(stored) ? recent : settled).put(stored.key(), stored.length);
          }
        }
      }
      return new Content(pinned, settled, recent);
    }
  }

  /** Gives back what still waits. */
  void close() {
    try (Hold _ = new Hold()) {
      queue.snapshot().forEach(this::drop);
      news.clear();
      queue.takesAll(false);
    }
  }
}
