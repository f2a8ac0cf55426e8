package io.sluice.http;

import io.sluice.library.KnownTorrent;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.TorrentInfo;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/** A torrent as this gateway hands it on: with itself as tracker and web seed, and its mirrors. */
final class PublishedTorrent {

  /** More are for nobody: each client asks only a few. */
  private static final int MAX_WEB_SEEDS = 32;

  private PublishedTorrent() {}

  static Metainfo of(KnownTorrent torrent, TorrentInfo info, Links links) {
    List<URI> webSeeds =
        Stream.of(
                Stream.of(links.webSeed(info)),
                links.mirrors(info.infoHash()).stream(),
                torrent.source().webSeeds().stream())
            .flatMap(each -> each)
            .distinct()
            .limit(MAX_WEB_SEEDS)
            .toList();
    return new Metainfo(info, links.trackers(torrent), webSeeds);
  }
}
