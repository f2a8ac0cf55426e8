package io.sluice.tracker;

/**
 * Says how long to wait so that no more than a rate is used in the long run. Whoever takes more
 * than is there goes into debt and waits the longer.
 *
 * <p>Confined to one thread; the clock is an argument.
 */
final class TokenBucket {

  private final long nanosPerToken;
  private final long fullNanos;

  /** What is there, in the time that it took to come; negative while in debt. */
  private long heldNanos;

  private long lastNanos;

  TokenBucket(int perSecond, int burst, long nowNanos) {
    nanosPerToken = 1_000_000_000L / perSecond;
    fullNanos = burst * nanosPerToken;
    heldNanos = fullNanos;
    lastNanos = nowNanos;
  }

  /** Takes a token if there is one. */
  boolean tryTake(long nowNanos) {
    heldNanos = Math.min(fullNanos, heldNanos + (nowNanos - lastNanos));
    lastNanos = nowNanos;
    if (heldNanos < nanosPerToken) {
      return false;
    }
    heldNanos -= nanosPerToken;
    return true;
  }

  /** Takes tokens; the result is how many nanoseconds to wait before the next are taken. */
  long take(int tokens, long nowNanos) {
    heldNanos = Math.min(fullNanos, heldNanos + (nowNanos - lastNanos));
    lastNanos = nowNanos;
    heldNanos -= tokens * nanosPerToken;
    return Math.max(0, -heldNanos);
  }
}
