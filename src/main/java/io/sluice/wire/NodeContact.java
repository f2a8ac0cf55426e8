package io.sluice.wire;

import java.net.Inet4Address;
import java.net.InetSocketAddress;

/** A DHT node and where it listens (BEP 5): a resolved address with a port in 1..65535. */
public record NodeContact(NodeId id, InetSocketAddress address) {

  public NodeContact {
    CompactAddresses.requireUsable(address);
  }

  public boolean isIpv4() {
    return address.getAddress() instanceof Inet4Address;
  }
}
