package io.sluice.discovery.dht;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A rate limit for each host; those heard of longest ago are forgotten first. Confined to the core.
 */
final class HostRates {

  private final double perSecond;
  private final double burst;
  private final int maxHosts;
  private final Map<NetKey, Host> hosts = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Host {
    final TokenBucket bucket;
    int expected;

    Host(TokenBucket bucket) {
      this.bucket = bucket;
    }
  }

  /**
   * @param perSecond packets of one host on average
   * @param burst packets of one host at once
   * @param maxHosts hosts that are remembered
   */
  HostRates(double perSecond, double burst, int maxHosts) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.maxHosts = maxHosts;
  }

  /** Whether one more packet from or to this host is right. */
  boolean admits(InetSocketAddress address, long nowNanos) {
    Host host = host(address, nowNanos);
    if (host.expected > 0) {
      host.expected--;
      return true;
    }
    return host.bucket.tryTake(nowNanos);
  }

  /** One more packet of this host is admitted beside all others: it was asked for. */
  void expect(InetSocketAddress address, long nowNanos) {
    host(address, nowNanos).expected++;
  }

  private Host host(InetSocketAddress address, long nowNanos) {
    Host host =
        hosts.computeIfAbsent(
            NetKey.host(address), _ -> new Host(new TokenBucket(perSecond, burst, nowNanos)));
    if (hosts.size() > maxHosts) {
      hosts.remove(hosts.keySet().iterator().next());
    }
    return host;
  }
}
