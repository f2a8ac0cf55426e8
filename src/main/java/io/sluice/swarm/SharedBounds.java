package io.sluice.swarm;

import java.util.function.LongSupplier;

/**
 * What the sessions of a gateway share out among themselves.
 *
 * <p>Safe for any thread.
 */
public final class SharedBounds {

  private final ByteBudget bridge;
  private final TokenBucket upload;
  private final TokenBucket download;

  /**
   * @param bridgeBytes of pieces that all of them together have in hand for others
   * @param rates of all of them together
   * @param nanoClock monotonic nanoseconds
   */
  public SharedBounds(long bridgeBytes, RateLimits rates, LongSupplier nanoClock) {
    bridge = new ByteBudget(bridgeBytes);
    upload = new TokenBucket(rates.upload(), nanoClock);
    download = new TokenBucket(rates.download(), nanoClock);
  }

  /** For so much memory of a store: a quarter of it, beside it, for what is carried to others. */
  public static SharedBounds within(long storeBytes, RateLimits rates, LongSupplier nanoClock) {
    return new SharedBounds(storeBytes / 4, rates, nanoClock);
  }

  ByteBudget bridge() {
    return bridge;
  }

  TokenBucket upload() {
    return upload;
  }

  TokenBucket download() {
    return download;
  }
}
