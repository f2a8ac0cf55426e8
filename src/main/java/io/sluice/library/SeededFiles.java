package io.sluice.library;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceSource;
import io.sluice.metainfo.Span;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The pieces of a torrent whose files lie complete on a local disk, where their owner keeps them.
 *
 * <p>Only bytes that have the torrent's hash are given out; a file that has another length or time
 * than when it was opened here is not read at all. A load has one file open at a time. Safe for any
 * thread.
 */
public final class SeededFiles implements PieceSource {

  private final TorrentInfo info;
  private final List<Backing> files;

  /** What holds the bytes of a file. */
  private sealed interface Backing {
    record OnDisk(Path path, long length, FileTime modified) implements Backing {}

    /** A pad file (BEP 47), which nobody stores. */
    record Zeros() implements Backing {}
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
      Path path = paths.get(file.index());
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      if (!now.isRegularFile() || now.size() != file.length()) {
        throw new IOException(path + " is not the file of the torrent: its length differs");
      }
      files.add(new Backing.OnDisk(path, file.length(), now.lastModifiedTime()));
    }
    return new SeededFiles(info, List.copyOf(files));
  }

  @Override
  public boolean has(int piece) {
    return info.geometry().contains(piece);
  }

  @Override
  public Piece load(int index) throws IOException {
    Piece piece = Piece.allocate(info.geometry().bytesOf(index));
    boolean whole = false;
    try {
      for (Span span : info.spans(index)) {
        Backing backing = files.get(span.file().index());
        fill(piece.writable(span.pieceOffset(), span.length()), backing, span.fileOffset());
      }
      if (!info.matches(index, sha1(piece))) {
        throw new IOException("piece " + index + " of the seeded files has another content now");
      }
      whole = true;
      return piece;
    } finally {
      if (!whole) {
        piece.release();
      }
    }
  }

  private static void fill(ByteBuffer part, Backing backing, long inFile) throws IOException {
    switch (backing) {
      case Backing.Zeros() -> part.put(new byte[part.remaining()]);
      case Backing.OnDisk onDisk -> read(part, onDisk, inFile);
    }
  }

  private static void read(ByteBuffer part, Backing.OnDisk file, long inFile) throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
      BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
      if (now.size() != file.length() || !now.lastModifiedTime().equals(file.modified())) {
        throw new IOException(file.path() + " has changed since it was added");
      }
      while (part.hasRemaining()) {
        int read = channel.read(part, inFile);
        if (read < 0) {
          throw new EOFException(file.path() + " has become shorter");
        }
        inFile += read;
      }
    }
  }

  private static byte[] sha1(Piece piece) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update(piece.bytes());
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }
}
