package io.sluice.library;

import java.time.Instant;
import java.util.Optional;

/**
 * How much a torrent has been used, over all runs of the gateway.
 *
 * @param uploaded bytes of blocks sent to peers
 * @param downloaded bytes of blocks received
 * @param views how often somebody began to watch it, after a while in which nobody did
 * @param lastUsed when somebody last asked for its bytes
 */
public record Counters(long uploaded, long downloaded, long views, Optional<Instant> lastUsed) {

  public static final Counters NONE = new Counters(0, 0, 0, Optional.empty());

  public Counters {
    if (uploaded < 0 || downloaded < 0 || views < 0) {
      throw new IllegalArgumentException("a counter is negative");
    }
  }

  Counters plus(long moreUploaded, long moreDownloaded) {
    return new Counters(uploaded + moreUploaded, downloaded + moreDownloaded, views, lastUsed);
  }

  Counters usedAt(Instant now, boolean view) {
    return new Counters(uploaded, downloaded, view ? views + 1 : views, Optional.of(now));
  }
}
