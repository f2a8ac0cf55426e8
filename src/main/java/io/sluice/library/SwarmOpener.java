package io.sluice.library;

import io.sluice.swarm.Swarm;
import java.util.function.Consumer;

/**
 * Starts a swarm for a torrent of the library, with all that finds peers for it.
 *
 * <p>Safe for any thread.
 */
public interface SwarmOpener {

  /**
   * A running swarm and the way to stop it, its announces included.
   *
   * @param more takes what is known of the torrent now: trackers, peers and web seeds that it may
   *     not have been opened with, and perhaps another policy
   */
  record OpenSwarm(Swarm swarm, Consumer<TorrentSource> more, Runnable closer) {
    void close() {
      closer.run();
    }
  }

  OpenSwarm open(TorrentSource source);
}
