package io.sluice.tracker;

import java.net.InetAddress;
import java.util.LinkedHashMap;

/**
 * How often each address asks. Safe for any thread.
 *
 * <p>Who asks too often is refused and not queued: over HTTP and UDP there is nobody to slow down.
 */
final class RequestRates {

  private final TrackerLimits.Requests limits;
  private final LinkedHashMap<InetAddress, TokenBucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true);

  RequestRates(TrackerLimits.Requests limits) {
    this.limits = limits;
  }

  /** Whether this request may be answered. */
  synchronized boolean admits(InetAddress from, long nowNanos) {
    InetAddress subscriber = SocketAdmission.subscriber(from);
    TokenBucket bucket = buckets.get(subscriber);
    if (bucket == null) {
      if (buckets.size() >= limits.addresses()) {
        buckets.pollFirstEntry();
      }
      bucket = new TokenBucket(limits.perSecond(), limits.burst(), nowNanos);
      buckets.put(subscriber, bucket);
    }
    return bucket.tryTake(nowNanos);
  }
}
