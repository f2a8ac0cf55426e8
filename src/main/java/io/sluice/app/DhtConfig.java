package io.sluice.app;

import io.sluice.discovery.dht.DhtLimits;
import io.sluice.discovery.dht.DhtSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code sluice.dht.*} as the node takes it. */
final class DhtConfig {

  /** {@code host:port}, an IPv6 address in brackets. */
  private static final Pattern NODE =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^:\\[\\]]+)):(\\d{1,5})");

  private DhtConfig() {}

  /**
   * Where to listen, whom to join, and who can reach us.
   *
   * @param port to listen on, 0 for any free one
   * @throws UnknownHostException when there is no such address
   */
  static DhtSettings settings(SluiceConfig config, int port) throws UnknownHostException {
    InetAddress host = InetAddress.getByName(config.tcp().host().orElseGet(config::host));
    return DhtSettings.on(sockets(host, port))
        .withBootstrap(
            config.dht().bootstrap().orElse(List.of()).stream().map(DhtConfig::node).toList())
        .withReachableFrom(reachableFrom(host, config.dht().readOnly()))
        .withLimits(DhtLimits.DEFAULT.withSearches(Math.max(1, config.maxTorrents())));
  }

  /**
   * A gateway that nobody else can reach answers nobody else; but it may ask, as a browser may, for
   * which it needs a socket that is not bound to loopback.
   */
  private static InetSocketAddress[] sockets(InetAddress host, int port) {
    InetAddress anywhere = InetAddress.ofLiteral("::");
    if (host.isAnyLocalAddress()) {
      return new InetSocketAddress[] {new InetSocketAddress(anywhere, port)};
    }
    InetSocketAddress own = new InetSocketAddress(host, port);
    return host.isLoopbackAddress()
        ? new InetSocketAddress[] {own, new InetSocketAddress(anywhere, 0)}
        : new InetSocketAddress[] {own};
  }

  private static Predicate<InetSocketAddress> reachableFrom(InetAddress host, boolean readOnly) {
    if (readOnly) {
      return _ -> false;
    }
    return host.isLoopbackAddress()
        ? address -> address.getAddress().isLoopbackAddress()
        : _ -> true;
  }

  /** A bootstrap node, not resolved. */
  static InetSocketAddress node(String text) {
    Matcher node = NODE.matcher(text.strip());
    int port = node.matches() ? Integer.parseInt(node.group(3)) : 0;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "sluice.dht.bootstrap is HOST:PORT,..., as in router.bittorrent.com:6881, not " + text);
    }
    String host = Optional.ofNullable(node.group(1)).orElseGet(() -> node.group(2));
    return InetSocketAddress.createUnresolved(host, port);
  }
}
