package io.sluice.cache;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pieces that wait in memory to be written, those of pinned torrents first.
 *
 * <p>Invariant: a piece has bytes exactly from {@link #add} to {@link #release}, and all that have
 * some are counted.
 *
 * <p>Guarded by the lock of {@link DiskState}.
 */
final class WriteQueue {

  private final long maxBytes;
  private final ArrayDeque<StoredPiece> queue = new ArrayDeque<>();
  private long bytes;
  private boolean takesAll;

  WriteQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Whether nothing is refused for want of room. */
  void takesAll(boolean on) {
    takesAll = on;
  }

  boolean hasRoom(int length) {
    return takesAll || bytes + length <= maxBytes;
  }

  void add(StoredPiece stored, Piece content) {
    stored.bytes = content.retain();
    bytes += stored.length;
    if (stored.torrent.pinned) {
      queue.addFirst(stored);
    } else {
      queue.addLast(stored);
    }
  }

  /** The next piece, which waits no more but has its bytes still. */
  @Nullable StoredPiece poll() {
    return queue.poll();
  }

  /** A piece waits no more, but has its bytes still. */
  void remove(StoredPiece stored) {
    queue.remove(stored);
  }

  /** Lets go of a piece's bytes, if it has some. */
  void release(StoredPiece stored) {
    Piece content = stored.bytes;
    stored.bytes = null;
    if (content != null) {
      bytes -= stored.length;
      content.release();
    }
  }

  /** Those that wait now. */
  List<StoredPiece> snapshot() {
    return List.copyOf(queue);
  }
}
