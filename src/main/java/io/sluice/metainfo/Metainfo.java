package io.sluice.metainfo;

import java.net.URI;
import java.util.List;

/**
 * A {@code .torrent} file: the info dictionary and what stands beside it.
 *
 * @param trackers announce URLs by tier (BEP 12); a single {@code announce} is one tier of one
 * @param webSeeds the {@code url-list} (BEP 19)
 */
public record Metainfo(TorrentInfo info, List<List<URI>> trackers, List<URI> webSeeds) {

  /** The largest file that we read. */
  public static final int MAX_FILE_BYTES = 10_000_000;

  public Metainfo {
    trackers = trackers.stream().map(List::copyOf).toList();
    webSeeds = List.copyOf(webSeeds);
  }
}
