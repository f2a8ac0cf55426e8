package io.sluice.discovery;

import java.net.InetAddress;
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
   * @param externalAddress where the tracker sees us, when it says so (BEP 24)
   */
  record Working(
      int seeders,
      int leechers,
      Instant nextAnnounce,
      Optional<String> warning,
      Optional<InetAddress> externalAddress)
      implements TrackerStatus {}

  /**
   * Another tracker of the torrent works and this one is kept for when it does not (BEP 12).
   *
   * @param seeders what the tracker said when it was asked for nothing but counts, or 0
   * @param leechers likewise
   */
  record Standby(int seeders, int leechers) implements TrackerStatus {}

  /**
   * The tracker cannot be reached, or refuses the torrent.
   *
   * @param reason for people, one line
   */
  record Failing(String reason, Instant nextTry) implements TrackerStatus {}

  /**
   * Nothing is tried: the URL is no good, or there are more trackers than there may be.
   *
   * @param reason for people, one line
   */
  record Unsupported(String reason) implements TrackerStatus {}

  /** The announcement was closed. */
  record Stopped() implements TrackerStatus {}
}
