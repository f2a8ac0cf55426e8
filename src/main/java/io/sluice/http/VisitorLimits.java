package io.sluice.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Counts what each visitor has: an IPv4 address, or an IPv6 /64, which is the least that one
 * subscriber has. Those that have not come for long are forgotten when there are too many.
 *
 * <p>Safe for any thread; the clock is an argument.
 */
public final class VisitorLimits {

  private static final int MAX_VISITORS = 50_000;
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int SUBSCRIBER_BYTES = 8;

  /** How many new torrents are due, in the time that they took to become so. */
  private static final class Allowance {
    private long heldNanos;
    private long lastNanos;
  }

  private final int torrentsAMinute;
  private final int streams;
  private final LinkedHashMap<String, Allowance> allowances = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Integer> open = new HashMap<>();

  /**
   * @param torrentsAMinute new torrents of one visitor, at least 1; as many at once
   * @param streams of one visitor at a time, at least 1
   */
  public VisitorLimits(int torrentsAMinute, int streams) {
    if (torrentsAMinute < 1 || streams < 1) {
      throw new IllegalArgumentException(
          "limits of %d new torrents and %d streams".formatted(torrentsAMinute, streams));
    }
    this.torrentsAMinute = torrentsAMinute;
    this.streams = streams;
  }

  /** Takes one of the visitor's new torrents; if there is none, in how many seconds there is. */
  synchronized OptionalLong newTorrent(String address, long nowNanos) {
    long each = MINUTE_NANOS / torrentsAMinute;
    String visitor = visitor(address);
    Allowance allowance = allowances.get(visitor);
    if (allowance == null) {
      if (allowances.size() >= MAX_VISITORS) {
        allowances.pollFirstEntry();
      }
      allowance = new Allowance();
      allowance.heldNanos = MINUTE_NANOS;
      allowance.lastNanos = nowNanos;
      allowances.put(visitor, allowance);
    }
    allowance.heldNanos =
        Math.min(MINUTE_NANOS, allowance.heldNanos + (nowNanos - allowance.lastNanos));
    allowance.lastNanos = nowNanos;
    if (allowance.heldNanos < each) {
      return OptionalLong.of(1 + TimeUnit.NANOSECONDS.toSeconds(each - allowance.heldNanos));
    }
    allowance.heldNanos -= each;
    return OptionalLong.empty();
  }

  /** Whether the visitor may have one more stream; if so it must be given back by {@link #left}. */
  synchronized boolean enter(String address) {
    int now = open.merge(visitor(address), 1, Integer::sum);
    if (now > streams) {
      left(address);
      return false;
    }
    return true;
  }

  synchronized void left(String address) {
    open.computeIfPresent(
        visitor(address), (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
  }

  static String visitor(String address) {
    try {
      InetAddress parsed = InetAddress.ofLiteral(address);
      if (!(parsed instanceof Inet6Address)) {
        return parsed.getHostAddress();
      }
      byte[] network = Arrays.copyOf(parsed.getAddress(), SUBSCRIBER_BYTES);
      return Arrays.toString(network);
    } catch (IllegalArgumentException noAddress) {
      return address;
    }
  }
}
