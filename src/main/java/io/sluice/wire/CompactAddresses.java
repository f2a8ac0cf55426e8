package io.sluice.wire;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Addresses in the compact form of BEP 5 and BEP 32: {@code ip 4 | port 2} or {@code ip 16 | port
 * 2}.
 */
final class CompactAddresses {

  static final int IPV4_BYTES = 6;
  static final int IPV6_BYTES = 18;

  private CompactAddresses() {}

  /** Throws when the address cannot be written: not resolved, or port 0. */
  static void requireUsable(InetSocketAddress address) {
    if (address.isUnresolved() || address.getPort() == 0) {
      throw new WireException("not an address that can be reached: " + address);
    }
  }

  static byte[] encode(InetSocketAddress address) {
    byte[] ip = address.getAddress().getAddress();
    return ByteBuffer.allocate(ip.length + 2).put(ip).putShort((short) address.getPort()).array();
  }

  /**
   * Reads the next {@code bytes} of a buffer, 6 or 18 of them, whatever they are worth: nothing
   * when the port is 0 or an IPv6 address only wraps an IPv4 one, which has a form of its own.
   */
  static Optional<InetSocketAddress> decode(ByteBuffer from, int bytes) {
    byte[] ip = new byte[bytes - 2];
    from.get(ip);
    int port = from.getShort() & 0xFFFF;
    InetAddress address = address(ip);
    boolean wrapped = bytes == IPV6_BYTES && address instanceof Inet4Address;
    return port == 0 || wrapped
        ? Optional.empty()
        : Optional.of(new InetSocketAddress(address, port));
  }

  private static InetAddress address(byte[] ip) {
    try {
      return InetAddress.getByAddress(ip);
    } catch (UnknownHostException wrongLength) {
      throw new WireException("an IP address has 4 or 16 bytes, not " + ip.length);
    }
  }
}
