package io.sluice.discovery.lsd;

import io.sluice.wire.InfoHash;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose turn it is to be announced on one network: so many torrents a packet, so long between two
 * packets and between two announces of the same torrent. When there are more torrents than that
 * allows, they take longer turns.
 *
 * <p>Confined to one thread.
 */
final class AnnounceTurns {

  private final LsdLimits limits;

  /** When each torrent was announced, longest ago first. */
  private final Map<InfoHash, Long> announced = new LinkedHashMap<>();

  private long nextPacketAt;

  AnnounceTurns(LsdLimits limits, long nowNanos) {
    this.limits = limits;
    this.nextPacketAt = nowNanos;
  }

  /**
   * The torrents that the next packet names, if one may be sent now; they count as announced.
   *
   * @param open all that are to be announced, those that were opened first before others
   */
  List<InfoHash> next(Iterable<InfoHash> open, long nowNanos) {
    if (nowNanos - nextPacketAt < 0) {
      return List.of();
    }
    List<InfoHash> chosen = new ArrayList<>();
    for (InfoHash torrent : open) {
      if (chosen.size() < limits.torrentsPerPacket() && !announced.containsKey(torrent)) {
        chosen.add(torrent);
      }
    }
    if (!chosen.isEmpty()) {
      chosen.forEach(torrent -> announced.put(torrent, nowNanos));
      nextPacketAt = nowNanos + limits.packetPause().toNanos();
    }
    return chosen;
  }

  /** Lets those have their turn again whose announce is old. */
  void age(long nowNanos) {
    Iterator<Long> oldest = announced.values().iterator();
    while (oldest.hasNext() && nowNanos - oldest.next() >= limits.torrentPause().toNanos()) {
      oldest.remove();
    }
  }
}
