package io.sluice.discovery.dht;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A part of the network that counts as one party, whatever number of nodes it pretends to be.
 *
 * <p>Addresses of local networks are exempt, as they are from BEP 42: there each port is a party,
 * for whole swarms run on one machine. Whether such addresses are let in is the policy's matter.
 */
record NetKey(long high, long low) {

  private static final int LOCAL_BITS = 0x2_0000;

  /** One host: an IPv4 address, or the /64 of an IPv6 one. */
  static NetKey host(InetSocketAddress address) {
    return key(address, 32, 64);
  }

  /** One operator, as far as one can tell: the /24 of an IPv4 address, the /48 of an IPv6 one. */
  static NetKey subnet(InetSocketAddress address) {
    return key(address, 24, 48);
  }

  private static NetKey key(InetSocketAddress address, int ipv4Bits, int ipv6Bits) {
    ByteBuffer ip = ByteBuffer.wrap(address.getAddress().getAddress());
    if (isLocal(address.getAddress())) {
      long port = LOCAL_BITS | address.getPort();
      return ip.remaining() == 4
          ? new NetKey(ip.getInt(), port)
          : new NetKey(ip.getLong(), ip.getLong() * 31 + port);
    }
    return ip.remaining() == 4
        ? new NetKey(Integer.toUnsignedLong(ip.getInt()) >>> (32 - ipv4Bits), ipv4Bits)
        : new NetKey(ip.getLong() >>> (64 - ipv6Bits), ipv6Bits);
  }

  /** The address blocks that BEP 42 exempts, and their counterparts of IPv6. */
  static boolean isLocal(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isAnyLocalAddress()
        || isUniqueLocal(address);
  }

  private static boolean isUniqueLocal(InetAddress address) {
    byte[] ip = address.getAddress();
    return ip.length == 16 && (ip[0] & 0xFE) == 0xFC;
  }
}
