package io.sluice.app;

import io.sluice.discovery.PeerSink;
import io.sluice.discovery.lsd.LocalDiscovery;
import io.sluice.discovery.lsd.LocalSearch;
import io.sluice.discovery.lsd.LsdLimits;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The gateway in its local networks (BEP 14), if it is to be found there.
 *
 * <p>Safe for any thread.
 */
final class LocalPeers implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LocalPeers.class);

  private final Optional<LocalDiscovery> discovery;

  private LocalPeers(Optional<LocalDiscovery> discovery) {
    this.discovery = discovery;
  }

  /**
   * Joins the local networks; goes on without them when that cannot be.
   *
   * @param tcpPort where peers reach us over TCP, 0 when they cannot
   * @param mayContact which addresses may be dialled
   */
  static LocalPeers open(SluiceConfig config, int tcpPort, Predicate<InetAddress> mayContact) {
    if (!config.lsd().enabled() || !config.tcp().enabled()) {
      return new LocalPeers(Optional.empty());
    }
    try {
      // On loopback nobody of the network could connect to what we announce.
      InetAddress host = InetAddress.getByName(config.tcp().host().orElseGet(config::host));
      int announced = host.isLoopbackAddress() ? 0 : tcpPort;
      return new LocalPeers(
          Optional.of(LocalDiscovery.open(announced, mayContact, LsdLimits.DEFAULT)));
    } catch (IOException taken) {
      LOG.warnf("%s: peers are not looked for in the local network", taken.getMessage());
      return new LocalPeers(Optional.empty());
    }
  }

  /** Looks for peers of a torrent that is not private, and tells them of us. */
  Optional<LocalSearch> search(InfoHash infoHash, PeerSink sink) {
    return discovery.flatMap(open -> open.search(infoHash, sink));
  }

  @Override
  public void close() {
    discovery.ifPresent(LocalDiscovery::close);
  }
}
