package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the disk tier: one writes, deletes and appends to the journal, in this order and
 * one thing at a time; one forces what was written to the device now and then ({@link DiskSync}).
 *
 * <p>Safe for any thread. Only {@link #start} and {@link #close} block.
 */
final class DiskWriter implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DiskTier.class);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(8);

  private final WriterIndex index;
  private final PieceFolder folder;
  private final DiskTrouble trouble;
  private final Journal journal;
  private final DiskTasks tasks = new DiskTasks();
  private final JournaledFolder journaled;
  private final PieceWriter pieces;
  private final DiskSync sync;
  private final Thread writing =
      Thread.ofPlatform().name("sluice-disk-write").daemon().unstarted(this::write);

  DiskWriter(
      WriterIndex index,
      PieceFolder folder,
      Disk disk,
      DiskLimits limits,
      DiskTrouble trouble,
      LongSupplier nanoClock) {
    this.index = index;
    this.folder = folder;
    this.trouble = trouble;
    journal = new Journal(disk, folder.journal());
    journaled = new JournaledFolder(index, folder, journal, limits, trouble, tasks);
    pieces = new PieceWriter(index, folder, journal, journaled);
    sync = new DiskSync(index, folder, journal, journaled, limits.syncEvery(), nanoClock);
  }

  void start() {
    journaled.attempt("open", journaled::openNow);
    writing.start();
    sync.start();
  }

  /** There may be something to write. */
  void wake() {
    tasks.wake();
  }

  void pinned(InfoHash infoHash, boolean on) {
    tasks.submit(
        () -> {
          if (journaled.open()) {
            journal.pinned(infoHash, on);
          }
        });
  }

  void forgotten(InfoHash infoHash) {
    tasks.submit(
        () -> {
          trouble.hurry();
          try {
            if (journaled.open()) {
              journal.forgotten(infoHash);
            }
          } finally {
            folder.deleteAll(infoHash);
          }
        });
  }

  /** A piece could not be read, or is wrong: it goes. */
  void unusable(StoredPiece stored, IOException failure) {
    if (failure instanceof NoSuchFileException && journaled.vanished()) {
      return;
    }
    if (index.dropWrong(stored)) {
      LOG.warnf(
          "%s: piece %d on disk is dropped: %s",
          stored.torrent.infoHash, stored.piece, failure.getMessage());
      tasks.submit(
          () -> {
            journal.removed(List.of(stored.key()));
            folder.delete(stored.key());
          });
      index.tellLost();
    }
  }

  // ---- the writing thread ----

  private void write() {
    for (DiskTasks.Task task = next(); task != null; task = next()) {
      journaled.attempt("write to", task);
      index.tellLost();
    }
  }

  private DiskTasks.@Nullable Task next() {
    while (!tasks.abandoned()) {
      DiskTasks.Task task = tasks.poll();
      if (task == null) {
        task = nextWrite();
      }
      if (task != null) {
        return task;
      }
      if (!tasks.await(trouble::waitNanos)) {
        return null;
      }
    }
    return null;
  }

  private DiskTasks.@Nullable Task nextWrite() {
    if (trouble.waitNanos() > 0) {
      return null;
    }
    if (!journaled.open() || trouble.present()) {
      return journaled::recover;
    }
    List<StoredPiece> victims = index.drainVictims();
    if (!victims.isEmpty()) {
      return () -> pieces.evict(victims);
    }
    // What must not be lost comes first.
    PendingPieces.Pending pending = index.nextPending();
    if (pending != null) {
      return () -> pieces.fetch(pending);
    }
    StoredPiece queued = index.nextQueued();
    return queued == null ? null : () -> pieces.write(queued);
  }

  @Override
  public void close() {
    tasks.close();
    sync.stop();
    if (!join(CLOSE_TIME)) {
      tasks.abandon();
      LOG.warn("Not everything in memory could be written to disk in time");
      boolean _ = join(CLOSE_TIME.dividedBy(4));
    }
    index.close();
    if (journaled.open() && !trouble.present()) {
      journaled.attempt(
          "write to",
          () -> {
            sync.now();
            journal.finish();
          });
    }
    try {
      journal.close();
    } catch (IOException failure) {
      LOG.debugf("The journal of %s: %s", folder.root(), failure.getMessage());
    }
  }

  private boolean join(Duration most) {
    try {
      return writing.join(most) && sync.join(most);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
