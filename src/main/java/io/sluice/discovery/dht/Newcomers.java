package io.sluice.discovery.dht;

import io.sluice.wire.NodeContact;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which of the nodes that ask us something get pinged in return, to see whether they answer: so
 * many a second, and the same one not again for a while. Confined to the core.
 */
final class Newcomers {

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final int MAX_REMEMBERED = 512;

  private final TokenBucket rate;
  private final Map<NodeContact, Long> pinged = new LinkedHashMap<>();

  Newcomers(DhtLimits.Rates limits, long nowNanos) {
    this.rate =
        new TokenBucket(limits.newcomersPerSecond(), 4.0 * limits.newcomersPerSecond(), nowNanos);
  }

  /** Whether one of whom no id is known may be pinged. */
  boolean admits(long nowNanos) {
    return rate.tryTake(nowNanos);
  }

  boolean admits(NodeContact node, long nowNanos) {
    Long before = pinged.get(node);
    if ((before != null && nowNanos - before < PAUSE_NANOS) || !rate.tryTake(nowNanos)) {
      return false;
    }
    pinged.remove(node);
    pinged.put(node, nowNanos);
    if (pinged.size() > MAX_REMEMBERED) {
      pinged.remove(pinged.keySet().iterator().next());
    }
    return true;
  }
}
