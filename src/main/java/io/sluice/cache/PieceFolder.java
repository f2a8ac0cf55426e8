package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Where the disk tier's files lie: {@code INFOHASH/PIECE} in its folder, each a piece, and {@code
 * INFOHASH/PIECE.new} while it is written.
 *
 * <p>Safe for any thread; every method does I/O, {@link #openAtOnce} no more than a look at a name.
 */
final class PieceFolder implements AutoCloseable {

  private static final Pattern TORRENT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern PIECE = Pattern.compile("0|[1-9][0-9]{0,8}");

  private final Disk disk;
  private final Path root;
  private final OpenFiles open;

  PieceFolder(Disk disk, Path root, LongSupplier nanoClock) {
    this.disk = disk;
    this.root = root;
    this.open = new OpenFiles(disk, nanoClock);
  }

  Path root() {
    return root;
  }

  Path journal() {
    return root.resolve("journal");
  }

  /** Makes the folder, but not the one that it is in: what is not mounted is not to be filled. */
  void make() throws IOException {
    if (!Files.isDirectory(root)) {
      Files.createDirectory(root);
    }
  }

  /** Whether the folder that it is in is there. */
  boolean mayBeMade() {
    Path around = root.toAbsolutePath().getParent();
    return around != null && Files.isDirectory(around);
  }

  private Path folder(InfoHash infoHash) {
    return root.resolve(infoHash.hex());
  }

  private Path file(PieceKey key) {
    return folder(key.infoHash()).resolve(Integer.toString(key.piece()));
  }

  void write(PieceKey key, ByteBuffer bytes) throws IOException {
    Path file = file(key);
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      writeWithFolder(beside, bytes);
      disk.move(beside, file);
      open.drop(file);
    } catch (IOException failure) {
      try {
        disk.delete(beside);
      } catch (IOException alsoThat) {
        failure.addSuppressed(alsoThat);
      }
      throw failure;
    }
  }

  private void writeWithFolder(Path file, ByteBuffer bytes) throws IOException {
    try {
      disk.write(file, bytes.duplicate());
    } catch (NoSuchFileException first) {
      Path folder = file.getParent();
      if (folder == null || Files.isDirectory(folder)) {
        throw first;
      }
      Files.createDirectory(folder);
      disk.write(file, bytes);
    }
  }

  Disk.Stamp read(PieceKey key, ByteBuffer into) throws IOException {
    return disk.read(file(key), into);
  }

  /** See {@link OpenFiles#atOnce}. */
  Optional<PieceFile> openAtOnce(PieceKey key, Disk.Stamp stamp) {
    return open.atOnce(file(key), stamp);
  }

  /** See {@link OpenFiles#open}. */
  Optional<PieceFile> open(PieceKey key, Disk.Stamp stamp) throws IOException {
    return open.open(file(key), stamp);
  }

  void delete(PieceKey key) throws IOException {
    delete(file(key));
  }

  private void delete(Path file) throws IOException {
    disk.delete(file);
    open.drop(file);
  }

  void force(PieceKey key) throws IOException {
    disk.force(file(key));
  }

  /** Whether the file is there with this length. */
  boolean holds(PieceKey key, int length) {
    try {
      return Files.size(file(key)) == length;
    } catch (IOException gone) {
      return false;
    }
  }

  /** Deletes all files of a torrent. */
  void deleteAll(InfoHash infoHash) throws IOException {
    deleteBut(folder(infoHash), _ -> false);
  }

  private void deleteBut(Path folder, Predicate<String> keep) throws IOException {
    boolean empty = true;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (keep.test(String.valueOf(file.getFileName()))) {
          empty = false;
        } else {
          delete(file);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return;
    }
    if (empty) {
      disk.delete(folder);
    }
  }

  /** Deletes piece files that nobody knows of, as the end of a process may leave them. */
  void sweep(Predicate<PieceKey> known) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
      for (Path folder : folders) {
        String name = String.valueOf(folder.getFileName());
        if (TORRENT.matcher(name).matches()) {
          InfoHash infoHash = InfoHash.parse(name);
          deleteBut(
              folder,
              file ->
                  PIECE.matcher(file).matches()
                      && known.test(new PieceKey(infoHash, Integer.parseInt(file))));
        }
      }
    }
  }

  /** The pieces that lie there, by their names, with the lengths of the files. */
  Map<PieceKey, Integer> scan() throws IOException {
    Map<PieceKey, Integer> found = new LinkedHashMap<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
      for (Path folder : folders) {
        String name = String.valueOf(folder.getFileName());
        if (TORRENT.matcher(name).matches() && Files.isDirectory(folder)) {
          scan(InfoHash.parse(name), folder, found);
        }
      }
    }
    return found;
  }

  private static void scan(InfoHash infoHash, Path folder, Map<PieceKey, Integer> to)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (PIECE.matcher(name).matches()) {
          long bytes = Files.size(file);
          if (bytes > 0 && bytes <= Integer.MAX_VALUE) {
            to.put(new PieceKey(infoHash, Integer.parseInt(name)), (int) bytes);
          }
        }
      }
    }
  }

  /** Bytes that may still be written if so many are left free, or all but a twentieth. */
  long roomBytes(long reserveBytes) throws IOException {
    long reserve = Math.min(reserveBytes, disk.totalBytes(root) / 20);
    return disk.usableBytes(root) - reserve;
  }

  /** Writes something and deletes it. */
  void probe() throws IOException {
    Path file = root.resolve("probe.new");
    try {
      disk.write(file, ByteBuffer.allocate(64 * 1024));
    } finally {
      disk.delete(file);
    }
  }

  /** Closes the files that were kept open. */
  @Override
  public void close() {
    open.close();
  }
}
