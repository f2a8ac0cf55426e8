package io.sluice.app;

import io.sluice.discovery.PeerSink;
import io.sluice.discovery.dht.DhtSearch;
import io.sluice.discovery.lsd.LocalSearch;
import io.sluice.wire.InfoHash;
import java.util.Optional;

/**
 * The searches for one torrent's peers that ask just anybody, which is for torrents that are not
 * private (BEP 27): a magnet's may turn out to be, and then they end.
 *
 * <p>Safe for any thread.
 */
final class OpenSearches implements AutoCloseable {

  private final Optional<DhtSearch> dht;
  private final Optional<LocalSearch> local;

  private OpenSearches(Optional<DhtSearch> dht, Optional<LocalSearch> local) {
    this.dht = dht;
    this.local = local;
  }

  /**
   * Begins to search, unless the torrent is known to be private.
   *
   * @param privateTorrent whether it is known to be private
   * @param sink takes what is found
   */
  static OpenSearches begin(
      DhtPeers dht, LocalPeers local, InfoHash infoHash, boolean privateTorrent, PeerSink sink) {
    if (privateTorrent) {
      return new OpenSearches(Optional.empty(), Optional.empty());
    }
    return new OpenSearches(dht.search(infoHash, sink), local.search(infoHash, sink));
  }

  /** Somebody waits for peers. */
  void needed() {
    dht.ifPresent(DhtSearch::hurry);
  }

  void metadataKnown(boolean privateTorrent) {
    if (privateTorrent) {
      close();
    }
  }

  @Override
  public void close() {
    dht.ifPresent(DhtSearch::close);
    local.ifPresent(LocalSearch::close);
  }
}
