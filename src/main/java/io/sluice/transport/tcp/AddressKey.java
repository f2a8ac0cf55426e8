package io.sluice.transport.tcp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What counts as one address: all of an IPv4 address, the /64 network of an IPv6 one.
 *
 * @param network its first 8 bytes, or the 4 that there are
 */
record AddressKey(boolean ipv4, long network) {

  static AddressKey of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet4Address
        ? new AddressKey(true, bytes.getInt())
        : new AddressKey(false, bytes.getLong());
  }
}
