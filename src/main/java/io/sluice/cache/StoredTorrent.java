package io.sluice.cache;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.metainfo.Span;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the disk tier has of one torrent. Guarded by the lock of {@link DiskState}. */
final class StoredTorrent {

  /** Head and tail of a file that are guarded while it is watched, each. */
  private static final int EDGE_BYTES = 2 * 1024 * 1024;

  /** Shorter files have no middle to speak of. */
  private static final long LEAST_FILE_BYTES = 8L * EDGE_BYTES;

  final InfoHash infoHash;
  final Map<Integer, StoredPiece> pieces = new HashMap<>();

  boolean pinned;

  /** Bytes of the pieces that are files. */
  long storedBytes;

  @Nullable TorrentInfo info;
  PieceSource.Above above = PieceSource.Above.NONE;

  /** Whether it was forgotten: nothing comes in any more. */
  boolean forgotten;

  private int guardedFile = -1;

  StoredTorrent(InfoHash infoHash) {
    this.infoHash = infoHash;
  }

  PieceKey key(int piece) {
    return new PieceKey(infoHash, piece);
  }

  /** Whether it may have a piece of this length, as far as is known. */
  boolean mayHave(int piece, int length) {
    PieceGeometry geometry = info == null ? null : info.geometry();
    return geometry == null || (geometry.contains(piece) && geometry.bytesOf(piece) == length);
  }

  /** The stored pieces at head and tail of the files in which a piece lies, once in a while. */
  List<StoredPiece> edgesBeside(int piece) {
    TorrentInfo known = info;
    if (known == null || pinned) {
      return List.of();
    }
    List<StoredPiece> edges = new ArrayList<>();
    for (Span span : known.spans(piece)) {
      TorrentFile file = span.file();
      if (file.length() < LEAST_FILE_BYTES || file.pad()) {
        continue;
      }
      boolean edge =
          span.fileOffset() < EDGE_BYTES
              || span.fileOffset() + span.length() > file.length() - EDGE_BYTES;
      if (edge || file.index() != guardedFile || piece % 16 == 0) {
        guardedFile = file.index();
        addEdges(edges, known.geometry(), file);
      }
    }
    return edges;
  }

  private void addEdges(List<StoredPiece> to, PieceGeometry geometry, TorrentFile file) {
    long end = file.offset() + file.length();
    add(to, geometry.pieceAt(file.offset()), geometry.pieceAt(file.offset() + EDGE_BYTES - 1));
    add(to, geometry.pieceAt(end - EDGE_BYTES), geometry.pieceAt(end - 1));
  }

  private void add(List<StoredPiece> to, int first, int last) {
    for (int piece = first; piece <= last; piece++) {
      StoredPiece stored = pieces.get(piece);
      if (stored != null && stored.stage == StoredPiece.Stage.STORED) {
        to.add(stored);
      }
    }
  }
}
