package io.sluice.cache;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All that the disk tier knows in memory, and the one lock that guards it.
 *
 * <p>The fields are for who holds the lock. It is held for a few map operations; nothing foreign
 * runs under it, and nothing that does I/O.
 */
final class DiskState {

  private final ReentrantLock lock = new ReentrantLock();

  final DiskCounts counts = new DiskCounts();
  final DiskRoom room;
  final WriteQueue queue;
  final StoredPieces pieces;
  final PendingPieces pending = new PendingPieces();
  final UnsyncedPieces unsynced = new UnsyncedPieces();
  final RecentUses uses = new RecentUses();

  DiskState(DiskLimits limits) {
    room = new DiskRoom(limits);
    queue = new WriteQueue(limits.queueBytes());
    pieces = new StoredPieces(room, queue, counts);
  }

  /** Lets go of the lock when closed. */
  final class Hold implements AutoCloseable {
    private Hold() {
      lock.lock();
    }

    @Override
    public void close() {
      lock.unlock();
    }
  }

  Hold hold() {
    return new Hold();
  }

  /** Tells who stands above of what was lost and what came back; not under the lock. */
  void tellLost() {
    for (Runnable next = nextNews(); next != null; next = nextNews()) {
      next.run();
    }
  }

  private @Nullable Runnable nextNews() {
    try (Hold _ = hold()) {
      return pieces.pollNews();
    }
  }
}
