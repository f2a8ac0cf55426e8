package io.sluice.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * The tier's folder together with its journal, and whether they can be written to.
 *
 * <pre>
 *            openNow           it vanishes
 *  not open ─────────> open ───────────────> not open, all files are forgotten
 *                      │  ^
 *     a write fails,   v  │ recover, after a while
 *     no room        in trouble
 * </pre>
 *
 * <p>Invariant: while it is {@link #open} and there is no trouble, the journal has a line for all
 * that the index calls a file. Safe for any thread that may block; {@link #openNow}, {@link
 * #recover} and {@link #compact} are for the one that writes.
 */
final class JournaledFolder {

  private static final Logger LOG = Logger.getLogger(DiskTier.class);

  /** A journal is written anew when it has this many lines and more than half say nothing now. */
  private static final int LEAST_LINES = 2_000;

  private final WriterIndex index;
  private final PieceFolder folder;
  private final Journal journal;
  private final DiskLimits limits;
  private final DiskTrouble trouble;
  private final DiskTasks tasks;

  /** Whether what is on disk has been taken in; written by the one thread that opens. */
  private volatile boolean loaded;

  private volatile boolean open;

  /** Length of the piece that had no room, as long as that is the trouble; the writer's own. */
  private int refusedBytes;

  JournaledFolder(
      WriterIndex index,
      PieceFolder folder,
      Journal journal,
      DiskLimits limits,
      DiskTrouble trouble,
      DiskTasks tasks) {
    this.index = index;
    this.folder = folder;
    this.journal = journal;
    this.limits = limits;
    this.trouble = trouble;
    this.tasks = tasks;
  }

  /** Whether lines can be added to the journal. */
  boolean open() {
    return open;
  }

  /** Bytes that may still be written to the device. */
  long roomBytes() throws IOException {
    return folder.roomBytes(limits.reserveBytes());
  }

  /** Does something with the folder; what goes wrong is the trouble from then on. */
  void attempt(String doing, DiskTasks.Task task) {
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
      trouble.failed(doing, failure);
      index.dropQueue();
    }
  }

  void openNow() throws IOException {
    folder.make();
    Journal.Found found = Journal.read(folder.journal());
    switch (found.state()) {
      case CLEAN, CUT -> {
        index.restore(present(found), found.pinned());
        loaded = true;
        journal.resume(found);
        open = true;
        if (found.state() == Journal.State.CUT) {
          tasks.submit(() -> folder.sweep(index::contains));
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
        tasks.submit(() -> folder.sweep(index::contains));
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
  void recover() throws IOException {
    if (!folder.mayBeMade()) {
      trouble.begin(vanishedText());
      return;
    }
    if (!loaded) {
      openNow();
    }
    long room = roomBytes();
    if (index.fits(refusedBytes, room)) {
      folder.probe();
      // Lines and deletions may have been lost meanwhile.
      rewrite();
      tasks.submit(() -> folder.sweep(index::contains));
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
  boolean vanished() {
    if (!open || Files.exists(folder.journal())) {
      return false;
    }
    open = false;
    loaded = false;
    trouble.begin(vanishedText());
    index.dropQueue();
    index.dropFiles();
    index.tellLost();
    tasks.wake();
    return true;
  }

  /**
   * A piece of so many bytes had no room; nothing is written until it would have.
   *
   * @param deviceFull whether the device is full, or else our own bound
   */
  void hasNoRoomFor(int length, boolean deviceFull) {
    refusedBytes = length;
    noRoom(deviceFull);
  }

  private void noRoom(boolean deviceFull) {
    if (deviceFull) {
      trouble.begin(
          "the device of %s is full; %d MiB of it are left for others (sluice.cache.disk-reserve)"
              .formatted(folder.root(), limits.reserveBytes() >> 20));
    } else {
      trouble.begin(
          "torrents that are kept take up all of sluice.cache.disk (%d MiB)"
              .formatted(limits.maxBytes() >> 20));
    }
  }

  /** Writes the journal anew if most of it says nothing any more. */
  void compact() throws IOException {
    int lines = journal.lines();
    if (lines >= LEAST_LINES && lines > 2 * index.files()) {
      rewrite();
    }
  }

  private void rewrite() throws IOException {
    JournalContent content = index.content();
    journal.rewrite(content.pinned(), content.settled(), content.recent());
    open = true;
  }
}
