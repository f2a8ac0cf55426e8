package io.sluice.discovery.dht;

import java.util.concurrent.TimeUnit;

/** Lets {@code perSecond} things pass on average and {@code burst} at once. Confined. */
final class TokenBucket {

  private final double perNano;
  private final double burst;
  private double tokens;
  private long filledAt;

  TokenBucket(double perSecond, double burst, long nowNanos) {
    this.perNano = perSecond / TimeUnit.SECONDS.toNanos(1);
    this.burst = burst;
    this.tokens = burst;
    this.filledAt = nowNanos;
  }

  boolean tryTake(long nowNanos) {
    tokens = Math.min(burst, tokens + (nowNanos - filledAt) * perNano);
    filledAt = nowNanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
