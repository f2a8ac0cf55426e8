package io.sluice.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The files of pieces that were sent a short while ago, kept open: to send them again nobody has to
 * open them, or to wait for the device.
 *
 * <p>Whoever deletes or replaces a file says so to {@link #drop} afterwards: an open file takes its
 * room on the device until it is closed. Safe for any thread.
 */
final class OpenFiles implements AutoCloseable {

  /** Descriptors, at most; those that are being sent from are not counted once they left. */
  static final int MOST = 1024;

  /** For how long bytes that were fetched from the device are taken to be in the page cache. */
  private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Disk disk;
  private final LongSupplier nanoClock;
  private final Cache<Path, Kept> files =
      Caffeine.newBuilder()
          .maximumSize(MOST)
          .executor(Runnable::run)
          .<Path, Kept>removalListener(OpenFiles::left)
          .build();

  /** Is one holder of its file. */
  private record Kept(PieceFile file, long warmedNanos) {}

  OpenFiles(Disk disk, LongSupplier nanoClock) {
    this.disk = disk;
    this.nanoClock = nanoClock;
  }

  private static void left(@Nullable Path path, @Nullable Kept kept, RemovalCause why) {
    if (kept != null) {
      kept.file.close();
    }
  }

  /**
   * The file for the caller to close, if it is open already, looks like this and can be sent from
   * without waiting for the device. Takes one look at its name, which an open file keeps in memory.
   */
  Optional<PieceFile> atOnce(Path path, Disk.Stamp stamp) {
    Kept kept = files.getIfPresent(path);
    if (kept == null || nanoClock.getAsLong() - kept.warmedNanos > WARM_NANOS) {
      return Optional.empty();
    }
    return kept.file.retain() ? whileItLooksLike(path, stamp, kept.file) : Optional.empty();
  }

  /** The file for the caller to close, if it looks like this; fetches its bytes. Blocks. */
  Optional<PieceFile> open(Path path, Disk.Stamp stamp) throws IOException {
    Kept kept = files.getIfPresent(path);
    PieceFile file =
        kept != null && kept.file.retain()
            ? kept.file
            : new PieceFile(disk.open(path), 0, Math.toIntExact(stamp.bytes()));
    try {
      file.warm();
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
    var _ = file.retain();
    files.put(path, new Kept(file, nanoClock.getAsLong()));
    // After it was put here: who deleted it before now may have found nothing to drop.
    return whileItLooksLike(path, stamp, file);
  }

  private Optional<PieceFile> whileItLooksLike(Path path, Disk.Stamp stamp, PieceFile file) {
    try {
      if (disk.look(path).equals(stamp)) {
        return Optional.of(file);
      }
    } catch (IOException gone) {
      // Then it is not to be kept either.
    }
    file.close();
    drop(path);
    return Optional.empty();
  }

  /** Closes a file that is not there any more, or not the same, when nobody sends from it. */
  void drop(Path path) {
    files.invalidate(path);
  }

  @Override
  public void close() {
    files.invalidateAll();
  }
}
