package io.sluice.discovery.lsd;

import java.time.Duration;

/**
 * The bounds of local service discovery.
 *
 * @param packetPause between two packets of ours on one network; BEP 14 asks for a minute
 * @param torrentPause between two packets that name the same torrent; BEP 14 says five minutes
 * @param torrentsPerPacket torrents that one packet names, ours and those of others
 * @param torrents that may be open
 * @param networks interfaces that are listened on
 * @param packetsPerSecond of others that are read; more are dropped
 */
public record LsdLimits(
    Duration packetPause,
    Duration torrentPause,
    int torrentsPerPacket,
    int torrents,
    int networks,
    int packetsPerSecond) {

  public static final LsdLimits DEFAULT =
      new LsdLimits(Duration.ofMinutes(1), Duration.ofMinutes(5), 20, 10_000, 16, 50);

  public LsdLimits {
    if (!packetPause.isPositive()
        || !torrentPause.isPositive()
        || torrentsPerPacket < 1
        || torrentsPerPacket > LsdMessage.MAX_TORRENTS
        || torrents < 1
        || networks < 1
        || packetsPerSecond < 1) {
      throw new IllegalArgumentException("a limit is out of bounds");
    }
  }
}
