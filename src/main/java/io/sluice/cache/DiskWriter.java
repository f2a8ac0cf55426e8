package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the disk tier: one writes, deletes and appends to the journal, in this order and
 * one thing at a time; one forces what was written to the device now and then.
 *
 * <p>Safe for any thread. Only {@link #start} and {@link #close} block.
 */
final class DiskWriter implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DiskTier.class);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(8);

  /** A journal is written anew when it has this many lines and more than half say nothing now. */
  private static final int LEAST_LINES = 2_000;

  /** One thing to do. */
  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }

  private final WriterIndex index;
  private final PieceFolder folder;
  private final DiskLimits limits;
  private final DiskTrouble trouble;
  private final LongSupplier nanoClock;
  private final Journal journal;
  private final Thread writing =
      Thread.ofPlatform().name("sluice-disk-write").daemon().unstarted(this::write);
  private final Thread syncing =
      Thread.ofPlatform().name("sluice-disk-sync").daemon().unstarted(this::sync);

  // Guarded by `lock`.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final ArrayDeque<Task> tasks = new ArrayDeque<>();
  private boolean woken;
  private boolean closing;
  private boolean abandoned;

  /** Whether what is on disk has been taken in; written by the one thread that opens. */
  private volatile boolean loaded;

  private volatile boolean journalOpen;

  /** Length of the piece that had no room, as long as that is the trouble; the writer's own. */
  private int refusedBytes;

  DiskWriter(
      WriterIndex index,
      PieceFolder folder,
      Disk disk,
      DiskLimits limits,
      DiskTrouble trouble,
      LongSupplier nanoClock) {
    this.index = index;
    this.folder = folder;
    this.limits = limits;
    this.trouble = trouble;
    this.nanoClock = nanoClock;
    journal = new Journal(disk, folder.journal());
  }

  void start() {
    attempt("open", this::open);
    writing.start();
    syncing.start();
  }

  /** There may be something to write. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void submit(Task task) {
    lock.lock();
    try {
      if (!abandoned) {
        tasks.add(task);
        work.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void pinned(InfoHash infoHash, boolean on) {
    submit(
        () -> {
          if (journalOpen) {
            journal.pinned(infoHash, on);
          }
        });
  }

  void forgotten(InfoHash infoHash) {
    submit(
        () -> {
          trouble.hurry(now());
          try {
            if (journalOpen) {
              journal.forgotten(infoHash);
            }
          } finally {
            folder.deleteAll(infoHash);
          }
        });
  }

  /** A piece could not be read, or is wrong: it goes. */
  void unusable(StoredPiece stored, IOException failure) {
    if (failure instanceof NoSuchFileException && vanished()) {
      return;
    }
    if (index.dropWrong(stored)) {
      LOG.warnf(
          "%s: piece %d on disk is dropped: %s",
          stored.torrent.infoHash, stored.piece, failure.getMessage());
      submit(
          () -> {
            journal.removed(List.of(stored.key()));
            folder.delete(stored.key());
          });
      index.tellLost();
    }
  }

  // ---- the writing thread ----

  private void write() {
    for (Task task = next(); task != null; task = next()) {
      attempt("write to", task);
      index.tellLost();
    }
  }

  private void attempt(String doing, Task task) {
    try {
      task.run();
    } catch (IOException failure) {
      failed(doing, failure);
    } catch (RuntimeException bug) {
      LOG.errorf(bug, "The disk tier failed");
    }
  }

  private void failed(String doing, IOException failure) {
    if (!vanished()) {
      trouble.failed(doing, failure, now());
      index.dropQueue();
    }
  }

  private @Nullable Task next() {
    while (true) {
      Task task = null;
      lock.lock();
      try {
        woken = false;
        if (abandoned) {
          return null;
        }
        task = tasks.poll();
      } finally {
        lock.unlock();
      }
      if (task == null) {
        task = nextWrite();
      }
      if (task != null) {
        return task;
      }
      if (!awaitWork()) {
        return null;
      }
    }
  }

  private @Nullable Task nextWrite() {
    if (trouble.waitNanos(now()) > 0) {
      return null;
    }
    if (!journalOpen || trouble.present()) {
      return this::recover;
    }
    List<StoredPiece> victims = index.drainVictims();
    if (!victims.isEmpty()) {
      return () -> evict(victims);
    }
    // What must not be lost comes first.
    PendingPieces.Pending pending = index.nextPending();
    if (pending != null) {
      return () -> fetch(pending);
    }
    StoredPiece queued = index.nextQueued();
    return queued == null ? null : () -> write(queued);
  }

  /** Waits until there is something to do; false when nothing more will come. */
  @SuppressWarnings("WaitNotInLoop") // The caller looks again, whatever woke it.
  private boolean awaitWork() {
    lock.lock();
    try {
      if (woken || !tasks.isEmpty()) {
        return true;
      }
      if (closing) {
        return false;
      }
      long wait = trouble.waitNanos(now());
      if (wait > 0) {
        var _ = work.awaitNanos(wait);
      } else {
        work.await();
      }
      return true;
    } catch (InterruptedException stop) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void fetch(PendingPieces.Pending pending) throws IOException {
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

  private void write(StoredPiece stored) throws IOException {
    WriteRoom room;
    try {
      room = index.take(stored, folder.roomBytes(limits.reserveBytes()));
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
          refusedBytes = stored.length;
          noRoom(deviceFull);
        }
      }
      case WriteRoom.Taken(Piece bytes, List<StoredPiece> victims) -> write(stored, bytes, victims);
    }
    compact();
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

  private void noRoom(boolean deviceFull) {
    if (deviceFull) {
      trouble.begin(
          "the device of %s is full; %d MiB of it are left for others (sluice.cache.disk-reserve)"
              .formatted(folder.root(), limits.reserveBytes() >> 20),
          now());
    } else {
      trouble.begin(
          "torrents that are kept take up all of sluice.cache.disk (%d MiB)"
              .formatted(limits.maxBytes() >> 20),
          now());
    }
  }

  /** Deletes files of pieces that are not in the index any more; the journal hears of it first. */
  private void evict(List<StoredPiece> victims) throws IOException {
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

  private void compact() throws IOException {
    int lines = journal.lines();
    if (lines >= LEAST_LINES && lines > 2 * index.files()) {
      rewrite();
    }
  }

  private void rewrite() throws IOException {
    JournalContent content = index.content();
    journal.rewrite(content.pinned(), content.settled(), content.recent());
    journalOpen = true;
  }

  // ---- opening, and coming back ----

  private void open() throws IOException {
    folder.make();
    Journal.Found found = Journal.read(folder.journal());
    switch (found.state()) {
      case CLEAN, CUT -> {
        index.restore(present(found), found.pinned());
        loaded = true;
        journal.resume(found);
        journalOpen = true;
        if (found.state() == Journal.State.CUT) {
          submit(() -> folder.sweep(index::contains));
        }
      }
      case MISSING, DAMAGED -> {
        Map<PieceKey, Integer> scanned = folder.scan();
        if (found.state() == Journal.State.DAMAGED || !scanned.isEmpty()) {
          LOG.warnf(
              "The journal of %s is %s; the folder was listed instead: %d pieces, to be checked when read",
              folder.root(),
              found.state() == Journal.State.DAMAGED ? "damaged" : "missing",
              scanned.size());
        }
        index.restore(scanned, found.pinned());
        loaded = true;
        rewrite();
        submit(() -> folder.sweep(index::contains));
      }
    }
    index.tellLost();
  }

  /** What a journal names, but for what is in doubt and not there. */
  private Map<PieceKey, Integer> present(Journal.Found found) {
    Map<PieceKey, Integer> pieces = new LinkedHashMap<>(found.pieces());
    found
        .doubtful()
        .forEach(
            key -> {
              Integer length = pieces.get(key);
              if (length != null && !folder.holds(key, length)) {
                pieces.remove(key);
              }
            });
    return pieces;
  }

  /** Tries whether one can write again. */
  private void recover() throws IOException {
    if (!folder.mayBeMade()) {
      trouble.begin(vanishedText(), now());
      return;
    }
    if (!loaded) {
      open();
    }
    long room = folder.roomBytes(limits.reserveBytes());
    if (index.fits(refusedBytes, room)) {
      folder.probe();
      // Lines and deletions may have been lost meanwhile.
      rewrite();
      submit(() -> folder.sweep(index::contains));
      refusedBytes = 0;
      trouble.over();
    } else {
      noRoom(index.deviceFull(room));
    }
  }

  private String vanishedText() {
    return "the folder %s has vanished".formatted(folder.root());
  }

  /** Whether the folder is gone under us; then all that was there is forgotten. */
  private boolean vanished() {
    if (!journalOpen || Files.exists(folder.journal())) {
      return false;
    }
    journalOpen = false;
    loaded = false;
    trouble.begin(vanishedText(), now());
    index.dropQueue();
    index.dropFiles();
    index.tellLost();
    wake();
    return true;
  }

  // ---- the syncing thread ----

  private void sync() {
    long syncedNanos = now();
    while (awaitLook()) {
      if (!vanished() && journalOpen && now() - syncedNanos >= limits.syncEvery().toNanos()) {
        attempt("write to", this::syncNow);
        syncedNanos = now();
      }
    }
  }

  private boolean awaitLook() {
    lock.lock();
    try {
      long left = Math.min(LOOK_NANOS, limits.syncEvery().toNanos());
      while (left > 0 && !closing) {
        left = work.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException stop) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void syncNow() throws IOException {
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

  private long now() {
    return nanoClock.getAsLong();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    boolean drained = join(CLOSE_NANOS);
    if (!drained) {
      lock.lock();
      try {
        abandoned = true;
        work.signalAll();
      } finally {
        lock.unlock();
      }
      LOG.warn("Not everything in memory could be written to disk in time");
      join(CLOSE_NANOS / 4);
    }
    index.close();
    if (journalOpen && !trouble.present()) {
      attempt(
          "write to",
          () -> {
            syncNow();
            journal.finish();
          });
    }
    try {
      journal.close();
    } catch (IOException failure) {
      LOG.debugf("The journal of %s: %s", folder.root(), failure.getMessage());
    }
  }

  private boolean join(long nanos) {
    try {
      return writing.join(Duration.ofNanos(nanos)) && syncing.join(Duration.ofNanos(nanos));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
