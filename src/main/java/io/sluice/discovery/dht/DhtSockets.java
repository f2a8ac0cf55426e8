package io.sluice.discovery.dht;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The UDP sockets of a node, and which of them reaches whom.
 *
 * <p>Safe for any thread once it is open.
 */
final class DhtSockets implements AutoCloseable {

  private record Socket(
      DatagramChannel channel, InetSocketAddress local, Set<AddressFamily> families) {

    boolean serves(InetSocketAddress to) {
      return families.contains(AddressFamily.of(to));
    }

    /** What is bound to loopback cannot leave the machine, and nothing else can reach loopback. */
    boolean reaches(InetSocketAddress to) {
      return serves(to)
          && (local.getAddress().isAnyLocalAddress()
              || local.getAddress().isLoopbackAddress() == to.getAddress().isLoopbackAddress());
    }
  }

  private final List<Socket> sockets = new ArrayList<>();

  private DhtSockets() {}

  /**
   * Opens a socket on each address.
   *
   * @throws IOException when one of them cannot be had; none is left open then
   */
  static DhtSockets open(List<InetSocketAddress> bind) throws IOException {
    DhtSockets opened = new DhtSockets();
    try {
      for (InetSocketAddress address : bind) {
        opened.add(address);
      }
      return opened;
    } catch (IOException | RuntimeException failure) {
      opened.close();
      throw failure;
    }
  }

  private void add(InetSocketAddress address) throws IOException {
    if (address.getAddress() instanceof Inet4Address) {
      add(StandardProtocolFamily.INET, address, EnumSet.of(AddressFamily.IPV4));
    } else {
      addIpv6(address);
    }
  }

  private void addIpv6(InetSocketAddress address) throws IOException {
    boolean wildcard = address.getAddress().isAnyLocalAddress();
    try {
      add(
          StandardProtocolFamily.INET6,
          address,
          wildcard ? EnumSet.allOf(AddressFamily.class) : EnumSet.of(AddressFamily.IPV6));
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

  private void add(
      StandardProtocolFamily family, InetSocketAddress address, Set<AddressFamily> families)
      throws IOException {
    DatagramChannel channel = DatagramChannel.open(family);
    try {
      channel.configureBlocking(false);
      channel.bind(address);
      sockets.add(new Socket(channel, (InetSocketAddress) channel.getLocalAddress(), families));
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw new IOException(
          "cannot listen on UDP " + address + ": " + failure.getMessage(), failure);
    }
  }

  /** A selector that tells when there is something to read; the caller closes it. */
  Selector register() throws IOException {
    Selector selector = Selector.open();
    for (Socket socket : sockets) {
      socket.channel().register(selector, SelectionKey.OP_READ);
    }
    return selector;
  }

  Set<AddressFamily> families() {
    Set<AddressFamily> all = EnumSet.noneOf(AddressFamily.class);
    sockets.forEach(socket -> all.addAll(socket.families()));
    return all;
  }

  /** The socket for a destination; there is one for each family that is served. */
  DatagramChannel towards(InetSocketAddress to) throws IOException {
    return sockets.stream()
        .filter(socket -> socket.reaches(to))
        .findFirst()
        .or(() -> sockets.stream().filter(socket -> socket.serves(to)).findFirst())
        .map(Socket::channel)
        .orElseThrow(() -> new IOException("no socket for " + to));
  }

  /** The port of the first socket. */
  int port() {
    return sockets.getFirst().local().getPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.channel().close();
    }
  }
}
