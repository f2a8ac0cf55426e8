package io.sluice.metainfo;

import io.sluice.wire.InfoHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The info dictionary of a v1 or hybrid torrent (BEP 3), checked: hashes, geometry and files agree.
 *
 * <p>Immutable, safe for any thread.
 */
public final class TorrentInfo {

  private final InfoHash infoHash;
  private final String name;
  private final PieceGeometry geometry;
  private final byte[] pieceHashes;
  private final List<TorrentFile> files;
  private final boolean multiFile;
  private final boolean privateTorrent;
  private final boolean canonical;
  private final byte[] rawInfo;

  TorrentInfo(
      InfoHash infoHash,
      String name,
      PieceGeometry geometry,
      byte[] pieceHashes,
      List<TorrentFile> files,
      boolean multiFile,
      boolean privateTorrent,
      boolean canonical,
      byte[] rawInfo) {
    if (pieceHashes.length != geometry.pieces() * 20L) {
      throw new MetainfoException(
          "the torrent has "
              + pieceHashes.length / 20
              + " hashes for "
              + geometry.pieces()
              + " pieces");
    }
    this.infoHash = infoHash;
    this.name = name;
    this.geometry = geometry;
    this.pieceHashes = pieceHashes;
    this.files = List.copyOf(files);
    this.multiFile = multiFile;
    this.privateTorrent = privateTorrent;
    this.canonical = canonical;
    this.rawInfo = rawInfo;
  }

  public InfoHash infoHash() {
    return infoHash;
  }

  /** The torrent's name made safe to show; never empty. */
  public String name() {
    return name;
  }

  public PieceGeometry geometry() {
    return geometry;
  }

  /** All files in the order of the torrent, pad files included. */
  public List<TorrentFile> files() {
    return files;
  }

  /** Whether the dictionary has a {@code files} list, even of one entry. */
  public boolean multiFile() {
    return multiFile;
  }

  /** BEP 27: no peers but from the torrent's own trackers. */
  public boolean privateTorrent() {
    return privateTorrent;
  }

  /**
   * Whether the dictionary is canonical bencode. If it is not, programs that encode it anew take
   * another infohash for this torrent (webtorrent does), and it should not be passed on.
   */
  public boolean canonical() {
    return canonical;
  }

  /** Whether a SHA-1 is that of a piece. */
  public boolean matches(int piece, byte[] sha1) {
    return ByteBuffer.wrap(pieceHashes, piece * 20, 20).equals(ByteBuffer.wrap(sha1));
  }

  /** The bencoded dictionary as it came, read-only: what ut_metadata sends (BEP 9). */
  public ByteBuffer rawInfo() {
    return ByteBuffer.wrap(rawInfo).asReadOnlyBuffer();
  }

  /**
   * Where the bytes of a piece lie: its parts in the order of the piece, without gaps, pad files
   * included; files of no bytes are in no piece.
   */
  public List<Span> spans(int piece) {
    long from = geometry.offsetOf(piece);
    long to = from + geometry.bytesOf(piece);
    List<Span> spans = new ArrayList<>(2);
    for (int i = firstEndingAfter(from); i < files.size(); i++) {
      TorrentFile file = files.get(i);
      if (file.offset() >= to) {
        break;
      }
      long begin = Math.max(from, file.offset());
      long end = Math.min(to, file.offset() + file.length());
      if (begin < end) {
        spans.add(new Span(file, begin - file.offset(), (int) (begin - from), (int) (end - begin)));
      }
    }
    return spans;
  }

  /** The files that have bytes in a piece, in order, pad files included. */
  public List<TorrentFile> filesOf(int piece) {
    return spans(piece).stream().map(Span::file).toList();
  }

  /** Index of the first file that ends after an offset; files of no bytes there may follow it. */
  private int firstEndingAfter(long offset) {
    int low = 0;
    int high = files.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      TorrentFile file = files.get(middle);
      if (file.offset() + file.length() > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The pieces that hold bytes of a file, first and last included; nothing for an empty file. */
  public Optional<PieceRange> piecesOf(TorrentFile file) {
    return file.length() == 0
        ? Optional.empty()
        : Optional.of(
            new PieceRange(
                geometry.pieceAt(file.offset()),
                geometry.pieceAt(file.offset() + file.length() - 1)));
  }

  /** Pieces first..last, both included. */
  public record PieceRange(int first, int last) {}

  /**
   * The file of a path as our URLs spell it: its raw names joined with slashes ({@link
   * TorrentFile#joinedPath}), or, when no raw path is that, its safe names. The first of several.
   */
  public Optional<TorrentFile> fileAt(String joinedPath) {
    return fileAt(joinedPath, TorrentFile::path)
        .or(() -> fileAt(joinedPath, TorrentFile::safePath));
  }

  private Optional<TorrentFile> fileAt(
      String joinedPath, Function<TorrentFile, List<String>> names) {
    return files.stream().filter(file -> joins(names.apply(file), joinedPath)).findFirst();
  }

  /** Whether names joined with slashes make a text, without joining those of every file. */
  private static boolean joins(List<String> names, String text) {
    int at = 0;
    for (String name : names) {
      boolean more = at > 0;
      if (more && (at >= text.length() || text.charAt(at++) != '/')) {
        return false;
      }
      if (!text.startsWith(name, at)) {
        return false;
      }
      at += name.length();
    }
    return at == text.length();
  }

  /** The infohash and the name. */
  @Override
  public String toString() {
    return infoHash + " " + name;
  }
}
