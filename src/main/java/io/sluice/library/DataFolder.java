package io.sluice.library;

import io.sluice.cache.IoReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The folder for what outlives the process; guarantees that no other process of ours writes there
 * while it is open, and that what is in it was written by a version that this one understands.
 *
 * <pre>
 * lock          locked while a process has the folder open; its content means nothing
 * admin-token   what callers show who may change the library
 * version       the number of the layout, one line
 * dht.state     the DHT nodes that were known
 * open-torrents those that are here for whoever asked
 * library/      the torrents that the gateway knows
 * pieces/       the disk tier
 * </pre>
 *
 * <p>A folder that cannot be written (read-only, full, not allowed) is no reason not to start:
 * {@link #problem} says so, and nothing is kept until it can be written. Safe for any thread; all
 * methods do I/O.
 */
public final class DataFolder implements AutoCloseable {

  /** The folder cannot be used by this process at all; the message is one line for the operator. */
  public static final class UnusableException extends IOException {
    private UnusableException(String message) {
      super(message);
    }
  }

  /** The layout that this version writes and reads. */
  static final int VERSION = 1;

  private static final Logger LOG = Logger.getLogger(DataFolder.class);
  private static final int MAX_VERSION_BYTES = 20;

  private final Path root;
  private @Nullable FileChannel lockFile;
  private @Nullable String problem;

  private DataFolder(Path root) {
    this.root = root;
  }

  /**
   * Opens and locks a folder, and makes it when there is none.
   *
   * @throws UnusableException when another process has it, or a newer version wrote it
   */
  public static DataFolder open(Path folder) throws UnusableException {
    DataFolder data = new DataFolder(folder.toAbsolutePath().normalize());
    data.tryOpen();
    data.problem().ifPresent(problem -> LOG.warnf("Nothing is kept: %s", problem));
    return data;
  }

  /**
   * Whether {@link #open} would be refused; changes nothing, and makes no folder.
   *
   * @throws UnusableException when it would
   */
  public static void check(Path folder) throws UnusableException {
    DataFolder data = new DataFolder(folder.toAbsolutePath().normalize());
    try (data) {
      data.checkVersion();
      if (Files.exists(data.root.resolve("lock"))) {
        data.lock();
      }
    } catch (UnusableException unusable) {
      throw unusable;
    } catch (IOException later) {
      // What cannot be read now does not keep the gateway from starting.
    }
  }

  private synchronized void tryOpen() throws UnusableException {
    try {
      Files.createDirectories(root);
      checkVersion();
      if (lockFile == null) {
        lock();
      }
      writeVersion();
      problem = null;
    } catch (UnusableException unusable) {
      close();
      throw unusable;
    } catch (IOException failure) {
      problem = "the data folder %s cannot be written: %s".formatted(root, IoReason.of(failure));
    }
  }

  private void lock() throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new OverlappingFileLockException();
      }
      lockFile = channel;
    } catch (OverlappingFileLockException taken) {
      channel.close();
      throw new UnusableException(
          "the data folder %s is used by another gateway; stop that one, or choose another folder with --data"
              .formatted(root));
    } catch (IOException failure) {
      channel.close();
      throw failure;
    }
  }

  private void checkVersion() throws IOException {
    Path file = root.resolve("version");
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_VERSION_BYTES);
    } catch (NoSuchFileException none) {
      return;
    }
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (!text.isEmpty() && !text.equals(Integer.toString(VERSION))) {
      throw new UnusableException(
          "the data folder %s was written by another version of Sluice (layout %s, this one knows %d); start that version, or choose another folder with --data"
              .formatted(root, text.replaceAll("[^0-9A-Za-z.]", "?"), VERSION));
    }
  }

  private void writeVersion() throws IOException {
    // Written each time: a folder that looks as it should may have become read-only.
    byte[] line = (VERSION + "\n").getBytes(StandardCharsets.UTF_8);
    WholeFile.replace(root.resolve("version"), line);
  }

  /** Where it is, absolute. */
  public Path path() {
    return root;
  }

  /** A file or folder in it, which need not exist; made by who writes it. */
  public Path resolve(String name) {
    return root.resolve(name);
  }

  /** Why nothing can be kept there, as it was when last looked at. */
  public synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Looks again whether it can be written; what {@link #problem} says afterwards. */
  public synchronized Optional<String> retry() {
    if (problem == null && Files.exists(root.resolve("lock"))) {
      return Optional.empty();
    }
    if (lockFile != null && !Files.exists(root.resolve("lock"))) {
      // Deleted or unmounted. It is not made again: what is not mounted is not to be filled.
      if (problem == null) {
        LOG.warnf("The data folder %s has vanished", root);
      }
      problem = "the data folder %s has vanished".formatted(root);
      if (!Files.isDirectory(root)) {
        return problem();
      }
      close();
    }
    try {
      tryOpen();
    } catch (UnusableException taken) {
      problem = taken.getMessage();
    }
    if (problem == null) {
      LOG.infof("The data folder %s can be written again", root);
    }
    return problem();
  }

  /** Lets another process have it. */
  @Override
  public synchronized void close() {
    FileChannel held = lockFile;
    lockFile = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException failure) {
        LOG.debugf("The lock of %s: %s", root, failure.getMessage());
      }
    }
  }
}
