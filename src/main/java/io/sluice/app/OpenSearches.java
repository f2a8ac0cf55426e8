package io.sluice.app;

import io.sluice.discovery.PeerSink;
import io.sluice.discovery.dht.DhtSearch;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.swarm.Swarm;
import java.util.Optional;

/**
 * The searches for one torrent's peers that ask just anybody, which is for torrents that are not
 * private (BEP 27): a magnet's may turn out to be, and then they end.
 *
 * <p>Safe for any thread.
 */
final class OpenSearches implements AutoCloseable {

  private final Optional<DhtSearch> dht;

  private OpenSearches(Optional<DhtSearch> dht) {
    this.dht = dht;
  }

  /**
   * Begins to search.
   *
   * @param sink takes what is found
   */
  static OpenSearches begin(DhtPeers dht, Swarm swarm, PeerSink sink) {
    boolean isPrivate = swarm.info().filter(TorrentInfo::privateTorrent).isPresent();
    return new OpenSearches(isPrivate ? Optional.empty() : dht.search(swarm.infoHash(), sink));
  }

  /** Somebody waits for peers. */
  void needed() {
    dht.ifPresent(DhtSearch::hurry);
  }

  void metadataKnown(TorrentInfo info) {
    if (info.privateTorrent()) {
      close();
    }
  }

  @Override
  public void close() {
    dht.ifPresent(DhtSearch::close);
  }
}
