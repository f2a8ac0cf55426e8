package io.sluice.library;

import io.sluice.swarm.Swarm;

/**
 * Starts a swarm for a torrent of the library, with all that finds peers for it.
 *
 * <p>Safe for any thread.
 */
public interface SwarmOpener {

  /** A running swarm and the way to stop it, its announces included. */
  record OpenSwarm(Swarm swarm, Runnable closer) {
    void close() {
      closer.run();
    }
  }

  OpenSwarm open(TorrentSource source);
}
