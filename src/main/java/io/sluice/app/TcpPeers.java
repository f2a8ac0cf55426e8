package io.sluice.app;

import io.sluice.discovery.AddressPolicy;
import io.sluice.library.OnDemandSwarm;
import io.sluice.library.TorrentSource;
import io.sluice.transport.tcp.DialOutcome;
import io.sluice.transport.tcp.TcpEndpoint;
import io.sluice.transport.tcp.TcpTransport;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The TCP side of the gateway: one transport for all torrents, or the reason why there is none.
 *
 * <p>Safe for any thread.
 */
final class TcpPeers implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(TcpPeers.class);

  private final Optional<TcpTransport> transport;
  private final String state;
  private final String detail;
  private final AddressPolicy policy;
  private final Predicate<InetAddress> mayContact;
  private final int maxPeers;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sluice-dial").daemon().factory());

  private TcpPeers(
      Optional<TcpTransport> transport,
      String state,
      String detail,
      AddressPolicy policy,
      Predicate<InetAddress> mayContact,
      int maxPeers) {
    this.transport = transport;
    this.state = state;
    this.detail = detail;
    this.policy = policy;
    this.mayContact = mayContact;
    this.maxPeers = maxPeers;
  }

  /**
   * Begins to listen, if it is to be; when that cannot be, dials only and says so.
   *
   * @param policy asked for the names of peers
   * @param mayContact asked before each dial
   */
  static TcpPeers open(
      SluiceConfig config, AddressPolicy policy, Predicate<InetAddress> mayContact) {
    int maxPeers = config.swarm().maxPeers();
    if (!config.tcp().enabled()) {
      return new TcpPeers(
          Optional.empty(),
          "off",
          "switched off by sluice.tcp.enabled",
          policy,
          mayContact,
          maxPeers);
    }
    try {
      TcpTransport transport = TcpTransport.open(TcpConfig.settings(config));
      String where =
          transport.listenAddresses().stream()
              .map(TcpPeers::text)
              .collect(Collectors.joining(", "));
      LOG.infof("Listening for peers on TCP %s", where);
      return new TcpPeers(
          Optional.of(transport), "on", "listens on " + where, policy, mayContact, maxPeers);
    } catch (IOException taken) {
      return dialOnly(config, policy, mayContact, String.valueOf(taken.getMessage()));
    }
  }

  private static TcpPeers dialOnly(
      SluiceConfig config, AddressPolicy policy, Predicate<InetAddress> mayContact, String why) {
    int maxPeers = config.swarm().maxPeers();
    LOG.warnf("%s: peers cannot connect to us over TCP, we can to them", why);
    try {
      return new TcpPeers(
          Optional.of(TcpTransport.open(TcpConfig.dialOnly(config))),
          "dials only",
          why,
          policy,
          mayContact,
          maxPeers);
    } catch (IOException impossible) {
      throw new AssertionError("nothing was to be listened on", impossible);
    }
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** {@code on}, {@code off} or {@code dials only}. */
  String state() {
    return state;
  }

  /** Where it listens, or why it does not. */
  String detail() {
    return detail;
  }

  /** The port that peers reach us at, for announces; 0 when they cannot. */
  int listenPort() {
    return transport
        .flatMap(open -> open.listenAddresses().stream().findFirst())
        .map(InetSocketAddress::getPort)
        .orElse(0);
  }

  /** As {@link #listenPort}, but negative when TCP is off, so that nobody can be dialled either. */
  int announcedPort() {
    return transport.isPresent() ? listenPort() : -1;
  }

  /**
   * Links of a torrent go to its swarm from now on.
   *
   * @param dht whether the handshake says that we have a DHT node (BEP 5)
   */
  TcpDialling join(TorrentSource source, PeerId self, OnDemandSwarm swarm, boolean dht) {
    TcpDialling dialling =
        new TcpDialling(swarm, this::dial, policy, mayContact, timer, maxPeers, swarm::awake);
    transport.ifPresentOrElse(open -> join(open, source, self, dialling, dht), dialling::close);
    return dialling;
  }

  private static void join(
      TcpTransport open, TorrentSource source, PeerId self, TcpDialling dialling, boolean dht) {
    dialling.never(open.listenAddresses());
    InfoHash infoHash = source.infoHash();
    dialling.whenClosed(() -> open.unregister(infoHash));
    open.register(new TcpEndpoint(infoHash, self, dht, dialling::linked, dialling::ended));
  }

  private CompletionStage<DialOutcome> dial(InfoHash torrent, InetSocketAddress to) {
    return transport
        .<CompletionStage<DialOutcome>>map(open -> open.dial(torrent, to))
        .orElseGet(() -> CompletableFuture.completedStage(new DialOutcome.NotTried("TCP is off")));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    transport.ifPresent(TcpTransport::close);
  }
}
