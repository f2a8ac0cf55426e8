package io.sluice.discovery.lsd;

import io.sluice.discovery.FoundBy;
import io.sluice.discovery.PeerSink;
import io.sluice.wire.InfoHash;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * One torrent that is announced to the local network, and whose peers there are reported, until it
 * is closed.
 *
 * <p>Safe for any thread; no method blocks.
 */
public final class LocalSearch implements AutoCloseable {

  private final LocalDiscovery discovery;
  private final long serial;
  private final InfoHash infoHash;
  private final PeerSink sink;

  LocalSearch(LocalDiscovery discovery, long serial, InfoHash infoHash, PeerSink sink) {
    this.discovery = discovery;
    this.serial = serial;
    this.infoHash = infoHash;
    this.sink = sink;
  }

  /** Its place in the order of opening. */
  long serial() {
    return serial;
  }

  public InfoHash infoHash() {
    return infoHash;
  }

  void found(InetSocketAddress peer) {
    sink.found(List.of(peer), FoundBy.LSD);
  }

  /** Ends it; nothing more is reported, but for a report that is under way. */
  @Override
  public void close() {
    discovery.close(this);
  }
}
