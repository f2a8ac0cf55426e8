package io.sluice.discovery.dht;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The UDP sockets of a node, and which of them serves which address family.
 *
 * <p>Safe for any thread.
 */
final class DhtSockets implements AutoCloseable {

  private final List<DatagramChannel> channels;
  private final Map<AddressFamily, DatagramChannel> byFamily;

  private DhtSockets(List<DatagramChannel> channels, Map<AddressFamily, DatagramChannel> byFamily) {
    this.channels = channels;
    this.byFamily = byFamily;
  }

  /**
   * Opens a blocking socket on each address.
   *
   * @throws IOException when one of them cannot be had; none is left open then
   */
  static DhtSockets open(List<InetSocketAddress> bind) throws IOException {
    List<DatagramChannel> channels = new ArrayList<>();
    Map<AddressFamily, DatagramChannel> byFamily = new EnumMap<>(AddressFamily.class);
    DhtSockets sockets = new DhtSockets(channels, byFamily);
    try {
      for (InetSocketAddress address : bind) {
        sockets.add(address);
      }
      return sockets;
    } catch (IOException | RuntimeException failure) {
      sockets.close();
      throw failure;
    }
  }

  private void add(InetSocketAddress address) throws IOException {
    if (address.getAddress() instanceof Inet4Address) {
      DatagramChannel channel = bound(StandardProtocolFamily.INET, address);
      byFamily.putIfAbsent(AddressFamily.IPV4, channel);
    } else {
      addIpv6(address);
    }
  }

  private void addIpv6(InetSocketAddress address) throws IOException {
    boolean wildcard = address.getAddress().isAnyLocalAddress();
    try {
      DatagramChannel channel = bound(StandardProtocolFamily.INET6, address);
      byFamily.putIfAbsent(AddressFamily.IPV6, channel);
      if (wildcard) {
        byFamily.putIfAbsent(AddressFamily.IPV4, channel);
      }
    } catch (UnsupportedOperationException noIpv6) {
      if (!wildcard) {
        throw new IOException("this system has no IPv6 for " + address, noIpv6);
      }
      add(new InetSocketAddress(anyIpv4(), address.getPort()));
    }
  }

  private static Inet4Address anyIpv4() throws UnknownHostException {
    return (Inet4Address) Inet4Address.getByAddress(new byte[4]);
  }

  private DatagramChannel bound(StandardProtocolFamily family, InetSocketAddress address)
      throws IOException {
    DatagramChannel channel = DatagramChannel.open(family);
    channels.add(channel);
    try {
      channel.bind(address);
    } catch (IOException failure) {
      throw new IOException(
          "cannot listen on UDP " + address + ": " + failure.getMessage(), failure);
    }
    return channel;
  }

  List<DatagramChannel> channels() {
    return List.copyOf(channels);
  }

  Set<AddressFamily> families() {
    return byFamily.keySet();
  }

  /** The socket for a destination; there is one for each family that is served. */
  DatagramChannel towards(InetSocketAddress to) throws IOException {
    DatagramChannel channel = byFamily.get(AddressFamily.of(to));
    if (channel == null) {
      throw new IOException("no socket for " + to);
    }
    return channel;
  }

  /** The port of the first socket. */
  int port() throws IOException {
    return ((InetSocketAddress) channels.getFirst().getLocalAddress()).getPort();
  }

  @Override
  public void close() throws IOException {
    for (DatagramChannel channel : channels) {
      channel.close();
    }
  }
}
