package io.sluice.library;

import io.sluice.cache.IoReason;
import io.sluice.cache.Piece;
import io.sluice.cache.PieceSource;
import io.sluice.metainfo.Span;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.Sha1;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The pieces of a torrent whose files lie complete on a local disk, where their owner keeps them.
 *
 * <p>Only bytes that have the torrent's hash are given out; a file that has another length or time
 * than when it was opened here is not read at all. A file that is seen to have vanished or changed,
 * at a load or by {@link #look}, is a stated {@link #problem}: its pieces are lost until it is
 * back. One that has another time and the same content, which is found out by hashing, is as good
 * as before. A load has one file open at a time. Safe for any thread.
 */
public final class SeededFiles implements PieceSource {

  private static final Logger LOG = Logger.getLogger(SeededFiles.class);

  /** A file that was just written is likely to be written again. */
  private static final Duration QUIET = Duration.ofSeconds(2);

  private final TorrentInfo info;
  private final List<Backing> files;
  private final Object lock = new Object();

  // Guarded by `lock`.
  private final BitSet wrong = new BitSet();
  private Above above = Above.NONE;

  /** What holds the bytes of a file. */
  private sealed interface Backing {
    /** A pad file (BEP 47), which nobody stores. */
    record Zeros() implements Backing {}
  }

  /** A file; what can change is guarded by {@link SeededFiles#lock}. */
  private static final class OnDisk implements Backing {
    final Path path;
    final TorrentFile file;
    FileTime modified;
    FileTime changed;
    Optional<String> trouble = Optional.empty();

    /** With this time the content was not the torrent's. */
    Optional<FileTime> refused = Optional.empty();

    OnDisk(TorrentFile file, SeededFile then) {
      this.path = then.path();
      this.file = file;
      this.modified = then.modified();
      this.changed = then.changed();
    }
  }

  private SeededFiles(TorrentInfo info, List<Backing> files) {
    this.info = info;
    this.files = files;
  }

  /**
   * Looks at the files, without reading them.
   *
   * @param paths where each file of the torrent is, by file index, as in {@link
   *     io.sluice.metainfo.BuiltTorrent#paths}; those of pad files are not used
   * @throws IOException when a file is missing, or has not the length that the torrent says
   */
  public static SeededFiles open(TorrentInfo info, List<Path> paths) throws IOException {
    if (paths.size() != info.files().size()) {
      throw new IllegalArgumentException(
          paths.size() + " paths for " + info.files().size() + " files");
    }
    List<Backing> files = new ArrayList<>();
    for (TorrentFile file : info.files()) {
      if (file.pad()) {
        files.add(new Backing.Zeros());
        continue;
      }
      SeededFile now = SeededFile.look(paths.get(file.index()));
      if (now.length() != file.length()) {
        throw new IOException(now.path() + " is not the file of the torrent: its length differs");
      }
      files.add(new OnDisk(file, now));
    }
    return new SeededFiles(info, List.copyOf(files));
  }

  /**
   * The files in another run of the process; those that are not as they were are a {@link
   * #problem}. Looks at them without reading them.
   *
   * @param files as {@link #files} told
   * @throws IllegalArgumentException when there is not one for each file of the torrent
   */
  public static SeededFiles reopen(TorrentInfo info, List<SeededFile> files) {
    if (files.size() != info.files().size()) {
      throw new IllegalArgumentException(
          files.size() + " files on disk for " + info.files().size() + " of the torrent");
    }
    List<Backing> backings = new ArrayList<>();
    for (TorrentFile file : info.files()) {
      SeededFile then = files.get(file.index());
      backings.add(file.pad() ? new Backing.Zeros() : again(new OnDisk(file, then)));
    }
    return new SeededFiles(info, List.copyOf(backings));
  }

  private static OnDisk again(OnDisk file) {
    try {
      if (!check(file).equals(file.modified)) {
        file.trouble = Optional.of(file.path + " has changed since it was added");
      }
    } catch (UnusableFileException unusable) {
      file.trouble = Optional.of(String.valueOf(unusable.getMessage()));
    }
    return file;
  }

  /** Where the files lie, by file index, and how those looked that have the torrent's bytes. */
  public List<SeededFile> files() {
    synchronized (lock) {
      return files.stream().map(SeededFiles::stamp).toList();
    }
  }

  private static SeededFile stamp(Backing backing) {
    return switch (backing) {
      case OnDisk file ->
          new SeededFile(file.path, file.file.length(), file.modified, file.changed);
      case Backing.Zeros() -> SeededFile.PAD;
    };
  }

  @Override
  public boolean has(int piece) {
    synchronized (lock) {
      return readable(piece);
    }
  }

  private boolean readable(int piece) {
    return info.geometry().contains(piece)
        && !wrong.get(piece)
        && info.spans(piece).stream()
            .allMatch(
                span ->
                    switch (files.get(span.file().index())) {
                      case Backing.Zeros() -> true;
                      case OnDisk onDisk -> onDisk.trouble.isEmpty();
                    });
  }

  @Override
  public void attach(Above newAbove) {
    synchronized (lock) {
      above = newAbove;
    }
  }

  @Override
  public Optional<String> problem() {
    synchronized (lock) {
      List<String> troubles =
          files.stream()
              .flatMap(
                  file -> file instanceof OnDisk onDisk ? onDisk.trouble.stream() : Stream.empty())
              .toList();
      if (troubles.isEmpty()) {
        return wrong.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "%d pieces of the files have another content".formatted(wrong.cardinality()));
      }
      return Optional.of(
          troubles.size() == 1
              ? troubles.getFirst()
              : "%s, and %d other files".formatted(troubles.getFirst(), troubles.size() - 1));
    }
  }

  @Override
  public Piece load(int index) throws IOException {
    try {
      return read(index, Optional.empty());
    } catch (UnusableFileException unusable) {
      change(() -> unusable.file.trouble = Optional.of(String.valueOf(unusable.getMessage())));
      throw unusable;
    } catch (WrongPieceException other) {
      change(() -> wrong.set(index));
      throw other;
    }
  }

  /**
   * Looks whether the files are as they were, without reading those that are; reads those that have
   * another time. Does I/O.
   */
  public void look() {
    for (Backing backing : files) {
      switch (backing) {
        case Backing.Zeros() -> {}
        case OnDisk file -> look(file);
      }
    }
    // As long as they are right again: one that is not stands for those behind it.
    int suspect = firstWrong();
    while (suspect >= 0 && right(suspect, Optional.empty())) {
      int again = suspect;
      change(() -> wrong.clear(again));
      suspect = firstWrong();
    }
  }

  private int firstWrong() {
    synchronized (lock) {
      return wrong.nextSetBit(0);
    }
  }

  private void look(OnDisk file) {
    Optional<String> trouble;
    try {
      FileTime time = check(file);
      trouble = time.equals(modified(file)) ? Optional.empty() : compare(file, time);
    } catch (UnusableFileException unusable) {
      trouble = Optional.of(String.valueOf(unusable.getMessage()));
    }
    Optional<String> now = trouble;
    change(() -> file.trouble = now);
  }

  private FileTime modified(OnDisk file) {
    synchronized (lock) {
      return file.modified;
    }
  }

  /** Whether a file that was written anew has the same content; its trouble, if not. */
  private Optional<String> compare(OnDisk file, FileTime time) {
    Optional<String> changed = Optional.of(file.path + " has changed since it was added");
    synchronized (lock) {
      boolean known = file.refused.filter(time::equals).isPresent();
      if (known || time.toInstant().isAfter(Instant.now().minus(QUIET))) {
        return changed;
      }
    }
    FileTime inode;
    try {
      // Before the bytes: what changes while they are read is a change since.
      inode = SeededFile.changed(file.path);
    } catch (IOException gone) {
      return changed;
    }
    int first = info.geometry().pieceAt(file.file.offset());
    int last = info.geometry().pieceAt(file.file.offset() + file.file.length() - 1);
    for (int piece = first; piece <= last; piece++) {
      if (!right(piece, Optional.of(new Expected(file, time)))) {
        synchronized (lock) {
          file.refused = Optional.of(time);
        }
        return changed;
      }
    }
    synchronized (lock) {
      file.modified = time;
      file.changed = inode;
    }
    return Optional.empty();
  }

  private boolean right(int piece, Optional<Expected> expected) {
    try {
      read(piece, expected).release();
      return true;
    } catch (IOException unusable) {
      return false;
    }
  }

  /** Changes the state of files, and tells who stands above what that means for pieces. */
  private void change(Runnable change) {
    BitSet before;
    BitSet now;
    Above told;
    synchronized (lock) {
      Optional<String> problem = problem();
      before = readablePieces();
      change.run();
      now = readablePieces();
      told = above;
      if (!problem.equals(problem())) {
        LOG.warnf("%s: %s", info.name(), problem().orElse("the files are as they were again"));
      }
    }
    BitSet lost = (BitSet) before.clone();
    lost.andNot(now);
    lost.stream().forEach(told::lost);
    now.andNot(before);
    now.stream().forEach(told::returned);
  }

  private BitSet readablePieces() {
    BitSet pieces = new BitSet();
    pieces.set(0, info.geometry().pieces());
    for (Backing backing : files) {
      if (backing instanceof OnDisk file && file.trouble.isPresent()) {
        info.piecesOf(file.file).ifPresent(range -> pieces.clear(range.first(), range.last() + 1));
      }
    }
    pieces.andNot(wrong);
    return pieces;
  }

  /** A time with which a file may be read, beside the one that it had. */
  private record Expected(OnDisk file, FileTime time) {}

  /** A file is not what it was. */
  private static final class UnusableFileException extends IOException {
    final transient OnDisk file;

    UnusableFileException(OnDisk file, String message) {
      super(message);
      this.file = file;
    }
  }

  /** All files look as they did, and have other bytes. */
  private static final class WrongPieceException extends IOException {
    WrongPieceException(String message) {
      super(message);
    }
  }

  private Piece read(int index, Optional<Expected> expected) throws IOException {
    Piece piece = Piece.allocate(info.geometry().bytesOf(index));
    boolean whole = false;
    try {
      for (Span span : info.spans(index)) {
        ByteBuffer part = piece.writable(span.pieceOffset(), span.length());
        switch (files.get(span.file().index())) {
          case Backing.Zeros() -> part.put(new byte[part.remaining()]);
          case OnDisk file -> read(part, file, span.fileOffset(), expected);
        }
      }
      if (!info.matches(index, Sha1.of(piece.bytes()))) {
        throw new WrongPieceException(
            "piece " + index + " of the seeded files has another content now");
      }
      whole = true;
      return piece;
    } finally {
      if (!whole) {
        piece.release();
      }
    }
  }

  private void read(ByteBuffer part, OnDisk file, long inFile, Optional<Expected> expected)
      throws UnusableFileException {
    FileTime time =
        expected.filter(other -> other.file() == file).map(Expected::time).orElse(modified(file));
    try (FileChannel channel = FileChannel.open(file.path, StandardOpenOption.READ)) {
      if (!check(file).equals(time)) {
        throw new UnusableFileException(file, file.path + " has changed since it was added");
      }
      while (part.hasRemaining()) {
        int read = channel.read(part, inFile);
        if (read < 0) {
          throw new UnusableFileException(file, file.path + " has become shorter");
        }
        inFile += read;
      }
    } catch (UnusableFileException unusable) {
      throw unusable;
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  /** When a file of the right length was modified. */
  private static FileTime check(OnDisk file) throws UnusableFileException {
    try {
      BasicFileAttributes now = Files.readAttributes(file.path, BasicFileAttributes.class);
      if (!now.isRegularFile() || now.size() != file.file.length()) {
        throw new UnusableFileException(file, file.path + " has changed since it was added");
      }
      return now.lastModifiedTime();
    } catch (UnusableFileException unusable) {
      throw unusable;
    } catch (IOException failure) {
      throw unreadable(file, failure);
    }
  }

  private static UnusableFileException unreadable(OnDisk file, IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return new UnusableFileException(file, file.path + " has vanished");
    }
    return new UnusableFileException(file, file.path + " cannot be read: " + IoReason.of(failure));
  }
}
