package io.sluice.discovery;

import java.net.URI;

/**
 * One torrent that is announced to one tracker, from when it was made until it is closed.
 *
 * <p>Safe for any thread; no method blocks or throws.
 */
public interface TrackerAnnouncement {

  /** The tracker, as it was named. */
  URI tracker();

  TrackerStatus status();

  /** Tells the tracker that the torrent is complete, which it was not when it was started. */
  void completed();

  /**
   * Announces sooner than planned, as soon as the tracker allows: somebody waits for the torrent
   * and it has no peers. Does no harm when it is called often.
   */
  void now();

  /** Tells the tracker that this peer is gone. Closing again does nothing. */
  void close();
}
