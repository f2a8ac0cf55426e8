package io.sluice.transport.tcp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** Socket addresses for people: {@code 192.0.2.1:6881}, {@code [2001:db8::1]:6881} (RFC 5952). */
final class AddressText {

  private static final int GROUPS = 8;

  private AddressText() {}

  static String of(InetSocketAddress address) {
    return host(address.getAddress()) + ":" + address.getPort();
  }

  private static String host(InetAddress address) {
    return address instanceof Inet4Address
        ? address.getHostAddress()
        : "[" + ipv6(ByteBuffer.wrap(address.getAddress()).asShortBuffer()) + "]";
  }

  private static String ipv6(ShortBuffer groups) {
    int from = 0;
    int longest = 0;
    for (int i = 0; i < GROUPS; i++) {
      int zeros = zeros(groups, i);
      if (zeros > longest) {
        from = i;
        longest = zeros;
      }
    }
    // A single group of zeros is written out.
    return longest < 2
        ? text(groups, 0, GROUPS)
        : text(groups, 0, from) + "::" + text(groups, from + longest, GROUPS);
  }

  private static int zeros(ShortBuffer groups, int from) {
    int end = from;
    while (end < GROUPS && groups.get(end) == 0) {
      end++;
    }
    return end - from;
  }

  private static String text(ShortBuffer groups, int from, int end) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < end; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups.get(i) & 0xFFFF));
    }
    return text.toString();
  }
}
