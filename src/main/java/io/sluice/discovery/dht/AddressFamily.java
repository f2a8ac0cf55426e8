package io.sluice.discovery.dht;

import io.sluice.wire.NodeContact;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** IPv4 and IPv6 nodes are two networks, each with its own tables (BEP 32). */
enum AddressFamily {
  IPV4(8),
  IPV6(21);

  private final int valueBytes;

  AddressFamily(int valueBytes) {
    this.valueBytes = valueBytes;
  }

  /** What one bencoded peer of this family takes in an answer. */
  int valueBytes() {
    return valueBytes;
  }

  static AddressFamily of(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }

  static AddressFamily of(InetSocketAddress address) {
    return of(address.getAddress());
  }

  static AddressFamily of(NodeContact contact) {
    return of(contact.address());
  }
}
