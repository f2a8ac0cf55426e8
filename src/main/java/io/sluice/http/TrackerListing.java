package io.sluice.http;

import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.wire.InfoHash;
import java.util.List;

/** Knows where torrents are announced. Safe for any thread; does not block. */
@FunctionalInterface
public interface TrackerListing {

  /** The announcements of a torrent; none when it is unknown. */
  List<TrackerAnnouncement> of(InfoHash infoHash);
}
