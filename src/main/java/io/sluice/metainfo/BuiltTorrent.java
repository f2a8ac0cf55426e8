package io.sluice.metainfo;

import java.nio.file.Path;
import java.util.List;

/**
 * A torrent that was built from files, and where those are.
 *
 * @param paths real paths, one for each of {@link TorrentInfo#files()}, in their order
 */
public record BuiltTorrent(Metainfo metainfo, List<Path> paths) {

  public BuiltTorrent {
    paths = List.copyOf(paths);
    if (paths.size() != metainfo.info().files().size()) {
      throw new IllegalArgumentException("each file of the torrent has one path");
    }
  }
}
