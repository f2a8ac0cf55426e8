package io.sluice.discovery.dht;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A rate limit for each host that sends to us; those heard of longest ago are forgotten first.
 * Confined to the core.
 */
final class HostRates {

  private final DhtLimits.Rates limits;
  private final Map<NetKey, TokenBucket> hosts = new LinkedHashMap<>(16, 0.75f, true);

  HostRates(DhtLimits.Rates limits) {
    this.limits = limits;
  }

  /** Whether one more packet of this host is welcome. */
  boolean admits(InetSocketAddress from, long nowNanos) {
    TokenBucket bucket =
        hosts.computeIfAbsent(
            NetKey.host(from),
            _ -> new TokenBucket(limits.hostPerSecond(), limits.hostBurst(), nowNanos));
    if (hosts.size() > limits.hosts()) {
      hosts.remove(hosts.keySet().iterator().next());
    }
    return bucket.tryTake(nowNanos);
  }
}
