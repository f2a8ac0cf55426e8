package io.sluice.library;

import io.sluice.swarm.Swarm;
import io.sluice.wire.InfoHash;
import java.time.Instant;

/**
 * A torrent of the library: where it came from and the swarm that serves it.
 *
 * <p>Immutable; the swarm is safe for any thread.
 */
public record KnownTorrent(TorrentSource source, Instant added, Swarm swarm) {

  public InfoHash infoHash() {
    return source.infoHash();
  }

  public Policy policy() {
    return source.policy();
  }

  /** The best name there is: the torrent's own, the magnet's, or the infohash. */
  public String name() {
    return swarm
        .info()
        .map(info -> info.name())
        .or(source::displayName)
        .orElseGet(() -> infoHash().hex());
  }
}
