package io.sluice.metainfo;

import io.sluice.wire.BDictionary;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A {@code .torrent} file: the info dictionary and what stands beside it.
 *
 * @param trackers announce URLs by tier (BEP 12); a single {@code announce} is one tier of one
 * @param webSeeds the {@code url-list} (BEP 19)
 * @param pieceLayers the {@code piece layers} of a hybrid torrent (BEP 52), which we do not use but
 *     pass on, since others refuse the torrent without them
 */
public record Metainfo(
    TorrentInfo info,
    List<List<URI>> trackers,
    List<URI> webSeeds,
    Optional<BDictionary> pieceLayers) {

  /** The largest file that we read. */
  public static final int MAX_FILE_BYTES = 10_000_000;

  public Metainfo {
    trackers = trackers.stream().map(List::copyOf).toList();
    webSeeds = List.copyOf(webSeeds);
  }

  public Metainfo(TorrentInfo info, List<List<URI>> trackers, List<URI> webSeeds) {
    this(info, trackers, webSeeds, Optional.empty());
  }

  /** The same torrent with other trackers and web seeds. */
  public Metainfo withSources(List<List<URI>> newTrackers, List<URI> newWebSeeds) {
    return new Metainfo(info, newTrackers, newWebSeeds, pieceLayers);
  }
}
