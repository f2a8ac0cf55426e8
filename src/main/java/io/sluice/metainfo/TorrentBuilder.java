package io.sluice.metainfo;

import io.sluice.metainfo.SourceFiles.SourceFile;
import io.sluice.wire.BDictionary;
import io.sluice.wire.BInteger;
import io.sluice.wire.BList;
import io.sluice.wire.BString;
import io.sluice.wire.BValue;
import io.sluice.wire.Bencode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Makes a v1 torrent of a file, or of the files in a folder.
 *
 * <p>The same names and bytes give the same infohash, wherever they are and whenever it is made.
 * Immutable, safe for any thread; {@link #build} reads all the files and takes as long as that.
 *
 * @param source the file or folder; its name becomes the torrent's
 * @param pieceBytes length of a piece; if absent, one that suits the length
 * @param privateTorrent BEP 27
 * @param trackers announce URLs by tier
 * @param webSeeds what goes into {@code url-list}
 */
public record TorrentBuilder(
    Path source,
    OptionalInt pieceBytes,
    boolean privateTorrent,
    List<List<URI>> trackers,
    List<URI> webSeeds) {

  /** Hears how far the hashing is, on the thread that builds. */
  @FunctionalInterface
  public interface Progress {
    void hashed(long doneBytes, long totalBytes);
  }

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  /** How many pieces a torrent should have, about. */
  private static final int AIM_PIECES = 1024;

  /** How many it has at most: their hashes are to fit a file that others read. */
  private static final int MOST_PIECES = 400_000;

  public TorrentBuilder {
    trackers = trackers.stream().map(List::copyOf).toList();
    webSeeds = List.copyOf(webSeeds);
    if (pieceBytes.isPresent()
        && (pieceBytes.getAsInt() < 16 * KIB || Integer.bitCount(pieceBytes.getAsInt()) != 1)) {
      throw new IllegalArgumentException("not a power of two from 16 KiB: " + pieceBytes);
    }
  }

  /** A public torrent without trackers. */
  public static TorrentBuilder of(Path source) {
    return new TorrentBuilder(source, OptionalInt.empty(), false, List.of(), List.of());
  }

  public TorrentBuilder withPieceBytes(int newPieceBytes) {
    return new TorrentBuilder(
        source, OptionalInt.of(newPieceBytes), privateTorrent, trackers, webSeeds);
  }

  public TorrentBuilder withSources(List<List<URI>> newTrackers, List<URI> newWebSeeds) {
    return new TorrentBuilder(source, pieceBytes, privateTorrent, newTrackers, newWebSeeds);
  }

  /**
   * Reads and hashes the files, one after the other, holding no more than a small buffer of them.
   *
   * @throws MetainfoException when there is nothing to make a torrent of
   * @throws IOException when a file cannot be read or changes meanwhile
   * @throws InterruptedException when the thread is interrupted
   */
  public BuiltTorrent build(Progress progress) throws IOException, InterruptedException {
    return build(SourceFiles.of(source), progress);
  }

  /**
   * The same, for who has looked at the source already.
   *
   * @param files what there is of it
   */
  public BuiltTorrent build(SourceFiles files, Progress progress)
      throws IOException, InterruptedException {
    long totalBytes = files.files().stream().mapToLong(SourceFile::length).sum();
    if (totalBytes == 0) {
      throw new MetainfoException("nothing to share: no bytes in " + source);
    }
    int piece = pieceBytes.orElseGet(() -> pieceBytesFor(totalBytes));
    byte[] hashes = new PieceHasher(piece, totalBytes, progress).hash(files.files());
    TorrentInfo info = MetainfoReader.readInfo(ByteBuffer.wrap(info(files, piece, hashes)));
    return new BuiltTorrent(
        new Metainfo(info, trackers, webSeeds),
        files.files().stream().map(SourceFile::location).toList());
  }

  /**
   * A piece length for a torrent: about 1024 pieces, 16 KiB for the smallest. From 4 MiB of bytes
   * on at least 256 KiB, since browsers ask web seeds for a piece at a time, each time at the cost
   * of two round trips; at most 4 MiB, which is what a viewer waits for at least, unless there
   * would be too many.
   */
  static int pieceBytesFor(long totalBytes) {
    int least = totalBytes < MIB ? 16 * KIB : totalBytes < 4 * MIB ? 64 * KIB : 256 * KIB;
    int piece = least;
    while (piece < 4 * MIB && totalBytes / piece > AIM_PIECES) {
      piece *= 2;
    }
    while (totalBytes / piece > MOST_PIECES) {
      piece *= 2;
    }
    return piece;
  }

  private byte[] info(SourceFiles files, int piece, byte[] hashes) {
    Map<String, BValue> info = new HashMap<>();
    info.put("name", BString.of(files.name()));
    info.put("piece length", new BInteger(piece));
    info.put("pieces", BString.of(hashes));
    if (privateTorrent) {
      info.put("private", new BInteger(1));
    }
    if (files.folder()) {
      info.put("files", new BList(files.files().stream().map(TorrentBuilder::entry).toList()));
    } else {
      info.put("length", new BInteger(files.files().getFirst().length()));
    }
    return Bencode.encode(BDictionary.of(info));
  }

  private static BValue entry(SourceFile file) {
    List<BValue> path = file.path().stream().<BValue>map(BString::of).toList();
    return BDictionary.of(Map.of("length", new BInteger(file.length()), "path", new BList(path)));
  }
}
