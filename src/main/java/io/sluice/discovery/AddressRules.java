package io.sluice.discovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses are public: the special ones of RFC 6890 and its registries are not, and neither
 * is an IPv6 address that carries one of them to a gateway.
 */
final class AddressRules {

  private enum Rule {
    /** Nobody can be connected to there. */
    NEVER,
    /** Refused unless private addresses are allowed. */
    PRIVATE,
    /** As the IPv4 address in the last four bytes. */
    IPV4_LAST,
    /** As the IPv4 address in the four bytes after the prefix (RFC 3056). */
    IPV4_AFTER_16_BITS
  }

  /** Addresses of {@code bytes} bytes whose first {@code bits} bits are {@code prefix}. */
  private record Range(Bits prefix, int bytes, int bits, Rule rule, String name) {
    boolean contains(Bits address, int addressBytes) {
      return addressBytes == bytes && address.first(bits).equals(prefix);
    }
  }

  /** An address as a number of 128 bits; those that a shorter one lacks are 0, at the end. */
  private record Bits(long high, long low) {
    static Bits of(byte[] address) {
      ByteBuffer padded = ByteBuffer.wrap(Arrays.copyOf(address, IPV6_BYTES));
      return new Bits(padded.getLong(), padded.getLong());
    }

    Bits first(int bits) {
      return new Bits(high & mask(bits), low & mask(bits - Long.SIZE));
    }

    private static long mask(int bits) {
      return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
    }
  }

  /** The first range that an address lies in decides. */
  private static final List<Range> RANGES =
      List.of(
          range("0.0.0.0/8", Rule.NEVER, "unspecified"),
          range("10.0.0.0/8", Rule.PRIVATE, "private"),
          range("100.64.0.0/10", Rule.PRIVATE, "shared"),
          range("127.0.0.0/8", Rule.PRIVATE, "loopback"),
          range("169.254.0.0/16", Rule.PRIVATE, "link-local"),
          range("172.16.0.0/12", Rule.PRIVATE, "private"),
          range("192.0.0.0/24", Rule.PRIVATE, "special"),
          range("192.0.2.0/24", Rule.PRIVATE, "documentation"),
          range("192.88.99.0/24", Rule.PRIVATE, "relay"),
          range("192.168.0.0/16", Rule.PRIVATE, "private"),
          range("198.18.0.0/15", Rule.PRIVATE, "benchmarking"),
          range("198.51.100.0/24", Rule.PRIVATE, "documentation"),
          range("203.0.113.0/24", Rule.PRIVATE, "documentation"),
          range("224.0.0.0/4", Rule.NEVER, "multicast"),
          range("240.0.0.0/4", Rule.NEVER, "reserved"),
          range("::/128", Rule.NEVER, "unspecified"),
          range("::1/128", Rule.PRIVATE, "loopback"),
          range("::/96", Rule.IPV4_LAST, "IPv4-compatible"),
          range("::ffff:0:0:0/96", Rule.IPV4_LAST, "IPv4-translated"),
          range("64:ff9b::/96", Rule.IPV4_LAST, "NAT64"),
          range("64:ff9b:1::/48", Rule.PRIVATE, "local NAT64"),
          range("100::/64", Rule.NEVER, "discard"),
          range("2001::/32", Rule.PRIVATE, "Teredo"),
          range("2001:db8::/32", Rule.PRIVATE, "documentation"),
          range("2002::/16", Rule.IPV4_AFTER_16_BITS, "6to4"),
          range("3fff::/20", Rule.PRIVATE, "documentation"),
          range("fc00::/7", Rule.PRIVATE, "unique local"),
          range("fe80::/10", Rule.PRIVATE, "link-local"),
          range("fec0::/10", Rule.PRIVATE, "site-local"),
          range("ff00::/8", Rule.NEVER, "multicast"));

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;

  private AddressRules() {}

  private static Range range(String cidr, Rule rule, String name) {
    int slash = cidr.indexOf('/');
    byte[] address = InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress();
    int bits = Integer.parseInt(cidr.substring(slash + 1));
    return new Range(Bits.of(address).first(bits), address.length, bits, rule, name);
  }

  /** Why nobody may be sent to this address; empty when they may. */
  static Optional<String> refusal(InetAddress address, boolean allowPrivate) {
    byte[] bytes = address.getAddress();
    if (bytes.length == IPV6_BYTES && isMapped(bytes)) {
      return refusal(ipv4(bytes, IPV6_BYTES - IPV4_BYTES), allowPrivate);
    }
    Bits bits = Bits.of(bytes);
    for (Range range : RANGES) {
      if (range.contains(bits, bytes.length)) {
        return switch (range.rule()) {
          case NEVER -> Optional.of(name(range));
          case PRIVATE -> allowPrivate ? Optional.empty() : Optional.of(name(range));
          case IPV4_LAST -> refusal(ipv4(bytes, IPV6_BYTES - IPV4_BYTES), allowPrivate);
          case IPV4_AFTER_16_BITS -> refusal(ipv4(bytes, 2), allowPrivate);
        };
      }
    }
    return bytes.length == IPV6_BYTES && isIsatap(bytes)
        ? refusal(ipv4(bytes, IPV6_BYTES - IPV4_BYTES), allowPrivate)
        : Optional.empty();
  }

  private static String name(Range range) {
    return range.name() + " address";
  }

  /** RFC 4291 section 2.5.5.2. Java's parsers make IPv4 addresses of these, but others may not. */
  private static boolean isMapped(byte[] bytes) {
    return Arrays.equals(bytes, 0, 10, new byte[10], 0, 10) && bytes[10] == -1 && bytes[11] == -1;
  }

  /** RFC 5214 section 6.1: any prefix may precede it. */
  private static boolean isIsatap(byte[] bytes) {
    return (bytes[8] & 0xFD) == 0
        && bytes[9] == 0
        && bytes[10] == 0x5E
        && (bytes[11] & 0xFF) == 0xFE;
  }

  private static InetAddress ipv4(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + IPV4_BYTES));
    } catch (UnknownHostException impossible) {
      throw new AssertionError("four bytes are an address", impossible);
    }
  }
}
