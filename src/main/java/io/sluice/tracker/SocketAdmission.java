package io.sluice.tracker;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts sockets, all together and by where they come from: an IPv4 address, or an IPv6 /64, which
 * is the least that one subscriber has.
 *
 * <p>Safe for any thread.
 */
final class SocketAdmission {

  private static final int SUBSCRIBER_BYTES = 8;

  private final int total;
  private final int perAddress;
  private final AtomicInteger sockets = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  SocketAdmission(int total, int perAddress) {
    this.total = total;
    this.perAddress = perAddress;
  }

  int sockets() {
    return sockets.get();
  }

  /** Whether there is room for one more; if so it must be given back by {@link #left}. */
  boolean enter(InetAddress from) {
    if (sockets.incrementAndGet() > total) {
      sockets.decrementAndGet();
      return false;
    }
    boolean[] entered = {false};
    byAddress.compute(
        subscriber(from),
        (_, count) -> {
          int before = count == null ? 0 : count;
          entered[0] = before < perAddress;
          return entered[0] ? before + 1 : before;
        });
    if (!entered[0]) {
      sockets.decrementAndGet();
    }
    return entered[0];
  }

  void left(InetAddress from) {
    sockets.decrementAndGet();
    byAddress.computeIfPresent(
        subscriber(from), (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
  }

  /** What is counted as one: an IPv4 address, or an IPv6 /64. */
  static InetAddress subscriber(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, SUBSCRIBER_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("16 bytes are an address", impossible);
    }
  }
}
