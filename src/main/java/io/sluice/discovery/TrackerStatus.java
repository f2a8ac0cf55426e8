package io.sluice.discovery;

import java.time.Instant;
import java.util.Optional;

/** How a torrent fares at a tracker. */
public sealed interface TrackerStatus {

  /** Nothing is known yet. */
  record Connecting() implements TrackerStatus {}

  /**
   * The tracker has answered.
   *
   * @param seeders peers that have all of the torrent, as far as the tracker says
   * @param leechers the other peers
   * @param warning what the tracker has to say besides, for people
   */
  record Working(int seeders, int leechers, Instant nextAnnounce, Optional<String> warning)
      implements TrackerStatus {}

  /**
   * The tracker cannot be reached, or refuses the torrent.
   *
   * @param reason for people, one line
   */
  record Failing(String reason, Instant nextTry) implements TrackerStatus {}

  /**
   * Nothing is tried: the URL is no good, or of a kind that is not supported yet.
   *
   * @param reason for people, one line
   */
  record Unsupported(String reason) implements TrackerStatus {}

  /** The announcement was closed. */
  record Stopped() implements TrackerStatus {}
}
