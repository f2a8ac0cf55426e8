package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The thread that forces what was written of pinned torrents to the device, every {@link
 * DiskLimits#syncEvery}, and sees whether the folder is still there, every second.
 *
 * <p>A piece counts as synced only when its file was forced, and the journal says so after that.
 * Safe for any thread; {@link #now} is for one at a time.
 */
final class DiskSync {

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final WriterIndex index;
  private final PieceFolder folder;
  private final Journal journal;
  private final JournaledFolder journaled;
  private final long everyNanos;
  private final LongSupplier nanoClock;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().name("sluice-disk-sync").daemon().unstarted(this::run);

  DiskSync(
      WriterIndex index,
      PieceFolder folder,
      Journal journal,
      JournaledFolder journaled,
      Duration every,
      LongSupplier nanoClock) {
    this.index = index;
    this.folder = folder;
    this.journal = journal;
    this.journaled = journaled;
    this.everyNanos = every.toNanos();
    this.nanoClock = nanoClock;
  }

  void start() {
    thread.start();
  }

  /** Has the thread end, which {@link #join} awaits. */
  void stop() {
    stopped.countDown();
  }

  boolean join(Duration most) throws InterruptedException {
    return thread.join(most);
  }

  private void run() {
    long syncedNanos = nanoClock.getAsLong();
    while (awaitLook()) {
      if (!journaled.vanished()
          && journaled.open()
          && nanoClock.getAsLong() - syncedNanos >= everyNanos) {
        journaled.attempt("write to", this::now);
        syncedNanos = nanoClock.getAsLong();
      }
    }
  }

  private boolean awaitLook() {
    try {
      return !stopped.await(Math.min(LOOK_NANOS, everyNanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException stop) {
      return false;
    }
  }

  /** Has the journal say what was read, and forces what is not forced yet. */
  void now() throws IOException {
    Map<InfoHash, ? extends Collection<Integer>> uses = index.drainUses();
    if (!uses.isEmpty()) {
      journal.used(uses);
    }
    int generation = journal.generation();
    UnsyncedPieces.Batch unsynced = index.drainUnsynced();
    List<StoredPiece> written = unsynced.pieces();
    if (written.isEmpty() || unsynced.line() == 0) {
      return;
    }
    boolean done = false;
    try {
      for (StoredPiece stored : written) {
        folder.force(stored.key());
      }
      journal.synced(generation, unsynced.line());
      done = true;
    } finally {
      if (!done) {
        index.stillUnsynced(written);
      }
    }
  }
}
