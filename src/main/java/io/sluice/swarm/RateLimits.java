package io.sluice.swarm;

/**
 * Bytes of blocks a second, each way; 0 is without limit.
 *
 * @param upload 0 or more
 * @param download 0 or more
 */
public record RateLimits(long upload, long download) {

  /** As fast as it goes. */
  public static final RateLimits NONE = new RateLimits(0, 0);

  public RateLimits {
    if (upload < 0 || download < 0) {
      throw new IllegalArgumentException("rates of " + upload + " and " + download);
    }
  }
}
