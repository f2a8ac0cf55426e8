package io.sluice.transport.webseed;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.metainfo.Span;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive bytes of one file; at least one.
 *
 * @param from where they begin in the file
 */
record FileRange(TorrentFile file, long from, long bytes) {

  FileRange {
    if (bytes <= 0 || from < 0 || from + bytes > file.length()) {
      throw new IllegalArgumentException("a range outside its file");
    }
  }

  /** The last byte's offset in the file, as HTTP counts. */
  long last() {
    return from + bytes - 1;
  }

  /** Where a run of blocks lies: its parts in order, without gaps, pad files included. */
  static List<FileRange> of(TorrentInfo info, BlockRun run) {
    PieceGeometry geometry = info.geometry();
    List<FileRange> ranges = new ArrayList<>();
    int last = geometry.pieceAt(run.end() - 1);
    for (int piece = geometry.pieceAt(run.offset()); piece <= last; piece++) {
      for (Span span : info.spans(piece)) {
        add(ranges, span.file(), run);
      }
    }
    return List.copyOf(ranges);
  }

  private static void add(List<FileRange> ranges, TorrentFile file, BlockRun run) {
    if (!ranges.isEmpty() && ranges.getLast().file().equals(file)) {
      return;
    }
    long from = Math.max(run.offset(), file.offset());
    long to = Math.min(run.end(), file.offset() + file.length());
    if (from < to) {
      ranges.add(new FileRange(file, from - file.offset(), to - from));
    }
  }
}
