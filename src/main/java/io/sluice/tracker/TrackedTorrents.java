package io.sluice.tracker;

import io.sluice.wire.InfoHash;
import java.util.function.Predicate;

/**
 * Which torrents a tracker serves, and where its own gateway takes part in them.
 *
 * <p>Asked at every announce, on any thread; no method blocks or throws.
 */
public interface TrackedTorrents {

  /** Whether the torrent may be announced. */
  boolean tracked(InfoHash infoHash);

  /** The TCP port at which the gateway is a peer of the torrent; 0 when it is none. */
  int peerPort(InfoHash infoHash);

  /** Torrents that the gateway is no peer of. */
  static TrackedTorrents only(Predicate<InfoHash> tracked) {
    return new TrackedTorrents() {
      @Override
      public boolean tracked(InfoHash infoHash) {
        return tracked.test(infoHash);
      }

      @Override
      public int peerPort(InfoHash infoHash) {
        return 0;
      }
    };
  }
}
