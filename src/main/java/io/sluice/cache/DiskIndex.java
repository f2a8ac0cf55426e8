package io.sluice.cache;

import io.sluice.cache.DiskState.Hold;
import io.sluice.cache.StoredPiece.Stage;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the disk tier has, and what it takes, for those who read and for the operator; {@link
 * WriterIndex} is the other side of it.
 *
 * <p>Safe for any thread. No method blocks or does I/O: what {@link WriterIndex} has to do after a
 * call is for the caller to say to the writer, and what was lost by it to say by {@link #tellLost}.
 */
final class DiskIndex {

  private final DiskState state;
  private final StoredPieces pieces;
  private final PendingPieces pending;

  DiskIndex(DiskState state) {
    this.state = state;
    pieces = state.pieces;
    pending = state.pending;
  }

  // ---- what memory asks ----

  StoredTorrent know(TorrentInfo info) {
    try (Hold _ = state.hold()) {
      StoredTorrent torrent = pieces.torrent(info.infoHash());
      pieces.describe(torrent, info);
      pending.lookForPinned(torrent);
      return torrent;
    }
  }

  void attach(StoredTorrent torrent, PieceSource.Above above) {
    try (Hold _ = state.hold()) {
      torrent.above = above;
      pending.lookForPinned(torrent);
    }
  }

  /** See {@link DiskTier#settle}. */
  boolean settle(InfoHash infoHash, boolean begin) {
    try (Hold _ = state.hold()) {
      StoredTorrent torrent = pieces.known(infoHash);
      if (torrent == null) {
        return true;
      }
      if (begin) {
        pending.addMissing(torrent);
      }
      return !pending.any(torrent)
          && torrent.pieces.values().stream().allMatch(stored -> stored.stage == Stage.STORED);
    }
  }

  boolean has(StoredTorrent torrent, int piece) {
    try (Hold _ = state.hold()) {
      return torrent.pieces.containsKey(piece);
    }
  }

  @Nullable StoredPiece find(StoredTorrent torrent, int piece) {
    try (Hold _ = state.hold()) {
      return torrent.pieces.get(piece);
    }
  }

  /** The bytes of a piece that is no file yet, retained for the caller. */
  @Nullable Piece unwritten(StoredPiece stored) {
    try (Hold _ = state.hold()) {
      return stored.bytes == null ? null : stored.bytes.retain();
    }
  }

  long hashedModifiedNanos(StoredPiece stored) {
    try (Hold _ = state.hold()) {
      return stored.hashedModifiedNanos;
    }
  }

  /** How the file of a piece looked when it was hashed in this process; empty if it was not. */
  Optional<Disk.Stamp> hashed(StoredTorrent torrent, int piece) {
    try (Hold _ = state.hold()) {
      StoredPiece stored = torrent.pieces.get(piece);
      return stored != null
              && stored.stage == Stage.STORED
              && stored.hashedModifiedNanos != StoredPiece.NEVER
          ? Optional.of(new Disk.Stamp(stored.length, stored.hashedModifiedNanos))
          : Optional.empty();
    }
  }

  /** A piece is sent from its file, which is as it was when it was hashed. */
  void sent(StoredTorrent torrent, int piece) {
    try (Hold _ = state.hold()) {
      StoredPiece stored = torrent.pieces.get(piece);
      if (stored != null) {
        used(stored);
      }
    }
  }

  /** A piece was read, and is right. */
  void read(StoredPiece stored, long modifiedNanos, boolean hashed) {
    try (Hold _ = state.hold()) {
      if (hashed) {
        state.counts.hashes++;
        stored.hashedModifiedNanos = modifiedNanos;
      }
      used(stored);
    }
  }

  private void used(StoredPiece stored) {
    state.counts.reads++;
    if (stored.stage == Stage.STORED) {
      state.uses.add(stored);
      pieces.use(stored);
    }
  }

  /** A piece was verified; whether there is something to write. */
  boolean arrived(StoredTorrent torrent, int piece) {
    try (Hold _ = state.hold()) {
      if (!torrent.pinned || torrent.forgotten || torrent.pieces.containsKey(piece)) {
        return false;
      }
      pending.add(torrent, piece);
      return true;
    }
  }

  /** A piece leaves memory; whether it can be had from here. */
  boolean leaving(StoredTorrent torrent, int piece, Piece bytes, boolean troubled) {
    try (Hold _ = state.hold()) {
      if (torrent.pieces.containsKey(piece)) {
        return true;
      }
      pending.remove(torrent, piece);
      boolean taken =
          !torrent.forgotten && !troubled && pieces.makeRoomInQueue(bytes.length(), torrent.pinned);
      if (taken) {
        pieces.enqueue(torrent, piece, bytes);
      } else {
        state.counts.refused++;
      }
      return taken;
    }
  }

  void takeAll() {
    try (Hold _ = state.hold()) {
      state.queue.takesAll(true);
    }
  }

  // ---- what the operator wants ----

  /** Whether that is news. */
  boolean pin(InfoHash infoHash, boolean on) {
    try (Hold _ = state.hold()) {
      StoredTorrent torrent = pieces.torrent(infoHash);
      if (torrent.pinned == on) {
        return false;
      }
      List<StoredPiece> there = pieces.pin(torrent, on);
      if (on) {
        state.unsynced.addAll(there);
        pending.addMissing(torrent);
      } else {
        pending.removeAll(torrent);
      }
      return true;
    }
  }

  void forget(InfoHash infoHash) {
    try (Hold _ = state.hold()) {
      StoredTorrent torrent = pieces.forget(infoHash);
      if (torrent != null) {
        pending.removeAll(torrent);
        state.uses.forget(infoHash);
      }
    }
  }

  long heldBytes(InfoHash infoHash) {
    try (Hold _ = state.hold()) {
      StoredTorrent torrent = pieces.known(infoHash);
      return torrent == null ? 0 : torrent.storedBytes;
    }
  }

  long bytes() {
    try (Hold _ = state.hold()) {
      return state.room.bytes();
    }
  }

  long pinnedBytes() {
    try (Hold _ = state.hold()) {
      return state.room.pinnedBytes();
    }
  }

  DiskStats stats() {
    try (Hold _ = state.hold()) {
      return state.counts.stats();
    }
  }

  /** See {@link DiskState#tellLost}. */
  void tellLost() {
    state.tellLost();
  }
}
