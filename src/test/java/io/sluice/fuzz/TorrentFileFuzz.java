package io.sluice.fuzz;

import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoException;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.Span;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import java.util.HashSet;
import java.util.Set;

/** A torrent file. */
public final class TorrentFileFuzz {

  private static final int PIECES_CHECKED = 100;

  private TorrentFileFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    Metainfo metainfo;
    try {
      metainfo = MetainfoReader.read(input);
    } catch (MetainfoException refused) {
      return false;
    }
    checkFiles(metainfo.info());
    checkPieces(metainfo.info());
    Metainfo again = MetainfoReader.read(MetainfoWriter.write(metainfo));
    Fuzzing.check(
        again.info().infoHash().equals(metainfo.info().infoHash()), "the infohash is kept");
    Fuzzing.check(again.info().files().equals(metainfo.info().files()), "the files are kept");
    Fuzzing.check(again.trackers().equals(metainfo.trackers()), "the trackers are kept");
    Fuzzing.check(again.webSeeds().equals(metainfo.webSeeds()), "the web seeds are kept");
    return true;
  }

  private static void checkFiles(TorrentInfo info) {
    Set<String> safePaths = new HashSet<>();
    long offset = 0;
    for (TorrentFile file : info.files()) {
      Fuzzing.check(file.offset() == offset, "files follow each other");
      offset += file.length();
      Fuzzing.check(file.safePath().size() == file.path().size(), "paths are of one length");
      Fuzzing.check(safePaths.add(String.join("/", file.safePath())), "safe paths are unique");
      for (String name : file.safePath()) {
        boolean safe = !name.isEmpty() && !name.equals(".") && !name.equals("..");
        Fuzzing.check(safe && name.indexOf('/') < 0 && name.indexOf(0) < 0, "names are safe");
      }
      Fuzzing.check(info.fileAt(file.joinedPath()).isPresent(), "every path leads to a file");
    }
    Fuzzing.check(offset == info.geometry().totalBytes(), "files make up the torrent");
  }

  private static void checkPieces(TorrentInfo info) {
    int pieces = Math.min(PIECES_CHECKED, info.geometry().pieces());
    for (int piece = 0; piece < pieces; piece++) {
      int bytes = info.spans(piece).stream().mapToInt(Span::length).sum();
      Fuzzing.check(bytes == info.geometry().bytesOf(piece), "spans make up the piece");
    }
  }
}
