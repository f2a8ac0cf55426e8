package io.sluice.swarm;

import java.time.Duration;

/**
 * How much a session does for peers of one network that lack what only the other has.
 *
 * @param enabled whether it does anything
 * @param bytes of pieces that are fetched for others or kept until they took them, for one torrent
 * @param bytesPerSecond that are fetched for others, for one torrent; 0 is as fast as it goes
 * @param patience how long a piece is kept for peers that take nothing of it, and how long one may
 *     be on its way without a block of it coming
 */
public record BridgeLimits(boolean enabled, long bytes, long bytesPerSecond, Duration patience) {

  /** What a gateway on an ordinary machine does well with. */
  public static final BridgeLimits DEFAULT =
      new BridgeLimits(true, 32 * 1024 * 1024, 0, Duration.ofSeconds(30));

  /** Nothing is fetched that no reader wants. */
  public static final BridgeLimits OFF = new BridgeLimits(false, 0, 0, DEFAULT.patience());

  public BridgeLimits {
    if (bytes < 0 || bytesPerSecond < 0 || patience.toNanos() <= 0) {
      throw new IllegalArgumentException(
          "bounds of the bridge: " + bytes + " bytes, " + bytesPerSecond + "/s, " + patience);
    }
  }

  /** The same, with so many bytes at most. */
  BridgeLimits within(long mostBytes) {
    return new BridgeLimits(enabled, Math.min(bytes, mostBytes), bytesPerSecond, patience);
  }
}
