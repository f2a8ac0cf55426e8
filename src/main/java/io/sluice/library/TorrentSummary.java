package io.sluice.library;

import io.sluice.metainfo.TorrentInfo;
import java.util.List;

/**
 * What is kept in memory of a torrent's metadata while nobody uses it.
 *
 * @param name the torrent's name made safe to show
 * @param totalBytes length of all files
 * @param pieceBytes length of a piece
 * @param privateTorrent BEP 27
 * @param plainFile whether the torrent is one file whose path is the name as it is shown, so that
 *     nothing else need be known to name it
 */
public record TorrentSummary(
    String name, long totalBytes, int pieceBytes, boolean privateTorrent, boolean plainFile) {

  public TorrentSummary {
    if (name.isEmpty() || totalBytes <= 0 || pieceBytes <= 0) {
      throw new IllegalArgumentException("no torrent: " + totalBytes + " / " + pieceBytes);
    }
  }

  static TorrentSummary of(TorrentInfo info) {
    return new TorrentSummary(
        info.name(),
        info.geometry().totalBytes(),
        info.geometry().pieceBytes(),
        info.privateTorrent(),
        !info.multiFile() && info.files().getFirst().path().equals(List.of(info.name())));
  }
}
