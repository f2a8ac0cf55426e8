package io.sluice.cache;

import java.io.IOException;
import java.util.List;

/**
 * Makes files of pieces, and deletes them, and has index and journal say so.
 *
 * <p>The journal hears of a piece after its file was written, and of one that goes before its file
 * is deleted, so that the process may end at any instant. Confined to the thread that writes.
 */
final class PieceWriter {

  private final WriterIndex index;
  private final PieceFolder folder;
  private final Journal journal;
  private final JournaledFolder journaled;

  PieceWriter(WriterIndex index, PieceFolder folder, Journal journal, JournaledFolder journaled) {
    this.index = index;
    this.folder = folder;
    this.journal = journal;
    this.journaled = journaled;
  }

  /** Writes a piece that is in memory, perhaps. */
  void fetch(PendingPieces.Pending pending) throws IOException {
    Piece bytes = pending.above().peek(pending.piece()).orElse(null);
    if (bytes == null) {
      return;
    }
    StoredPiece stored;
    try {
      stored = index.found(pending, bytes);
    } finally {
      bytes.release();
    }
    if (stored != null) {
      write(stored);
    }
  }

  /** Writes a piece, if there is room for it and it is worth that. */
  void write(StoredPiece stored) throws IOException {
    WriteRoom room;
    try {
      room = index.take(stored, journaled.roomBytes());
    } catch (IOException failure) {
      index.unwritable(stored);
      throw failure;
    }
    switch (room) {
      case WriteRoom.Unwanted() -> evict(index.drainVictims());
      case WriteRoom.None(boolean deviceFull) -> {
        evict(index.drainVictims());
        index.unwritable(stored);
        if (deviceFull || stored.torrent.pinned) {
          journaled.hasNoRoomFor(stored.length, deviceFull);
        }
      }
      case WriteRoom.Taken(Piece bytes, List<StoredPiece> victims) -> write(stored, bytes, victims);
    }
    journaled.compact();
  }

  private void write(StoredPiece stored, Piece bytes, List<StoredPiece> victims)
      throws IOException {
    boolean done = false;
    try {
      evict(victims);
      folder.write(stored.key(), bytes.bytes());
      int line = journal.put(stored.key(), stored.length);
      index.written(stored, line);
      done = true;
    } finally {
      bytes.release();
      if (!done) {
        index.unwritable(stored);
        folder.delete(stored.key());
      }
    }
  }

  /** Deletes files of pieces that are not in the index any more; the journal hears of it first. */
  void evict(List<StoredPiece> victims) throws IOException {
    if (victims.isEmpty()) {
      return;
    }
    index.tellLost();
    IOException failure = null;
    try {
      journal.removed(victims.stream().map(StoredPiece::key).toList());
    } catch (IOException full) {
      failure = full; // Deleting is what mends that.
    }
    for (StoredPiece victim : victims) {
      folder.delete(victim.key());
    }
    if (failure != null) {
      throw failure;
    }
  }
}
