package io.sluice.app;

import io.sluice.discovery.AddressPolicy;
import io.sluice.discovery.PeerSink;
import io.sluice.discovery.dht.DhtNode;
import io.sluice.discovery.dht.DhtSearch;
import io.sluice.discovery.dht.DhtSettings;
import io.sluice.discovery.dht.DhtState;
import io.sluice.discovery.dht.DhtStatus;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The DHT side of the gateway: one node for all torrents, or the reason why there is none. Whom it
 * knew is kept in {@code dht.state} in the gateway's folder.
 *
 * <p>Safe for any thread.
 */
final class DhtPeers implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DhtPeers.class);

  private final Optional<DhtNode> node;
  private final int tcpPort;
  private final String problem;

  private DhtPeers(Optional<DhtNode> node, int tcpPort, String problem) {
    this.node = node;
    this.tcpPort = tcpPort;
    this.problem = problem;
  }

  /**
   * Opens the node, if there is to be one; goes on without it when its port is taken.
   *
   * @param data where its state is kept
   * @param tcpPort where peers reach us over TCP, 0 when they cannot
   * @param names resolves the nodes to join through
   * @param mayContact asked for each address before anything is sent there
   */
  static DhtPeers open(
      SluiceConfig config,
      Path data,
      int tcpPort,
      AddressPolicy names,
      Predicate<InetAddress> mayContact) {
    if (!config.dht().enabled()) {
      return without("switched off by sluice.dht.enabled");
    }
    if (!config.tcp().enabled()) {
      return without("its peers speak TCP, which sluice.tcp.enabled switches off");
    }
    Path file = data.resolve("dht.state");
    try {
      DhtSettings settings =
          DhtConfig.settings(config, tcpPort > 0 ? tcpPort : config.tcp().port())
              .withNames(names)
              .withPolicy(address -> mayContact.test(address.getAddress()))
              .withState(load(file));
      DhtNode node = DhtNode.open(settings, state -> save(state, file));
      LOG.infof("DHT node on UDP port %d", node.port());
      return new DhtPeers(Optional.of(node), tcpPort, "");
    } catch (IOException taken) {
      LOG.warnf("%s: peers are not looked for in the DHT", taken.getMessage());
      return without(String.valueOf(taken.getMessage()));
    }
  }

  private static DhtPeers without(String why) {
    return new DhtPeers(Optional.empty(), 0, why);
  }

  private static DhtState load(Path file) {
    try {
      return DhtState.load(file);
    } catch (IOException unusable) {
      LOG.warnf("Begins without the DHT nodes of the last run: %s", unusable.getMessage());
      return DhtState.EMPTY;
    }
  }

  private static void save(DhtState state, Path file) {
    try {
      state.save(file);
    } catch (IOException failure) {
      LOG.warnf("Cannot keep the DHT nodes for the next run: %s", failure);
    }
  }

  /**
   * Looks for peers of a torrent that is not private, and tells others of us; nothing when there is
   * no node.
   */
  Optional<DhtSearch> search(InfoHash infoHash, PeerSink sink) {
    try {
      return node.map(open -> open.search(infoHash, tcpPort, sink));
    } catch (IllegalStateException full) {
      LOG.debugf("%s: %s", infoHash, full.getMessage());
      return Optional.empty();
    }
  }

  /** A peer says that there is a node. */
  void candidate(InetSocketAddress address) {
    node.ifPresent(open -> open.addNode(address));
  }

  /** The UDP port, for peers that have a node too; 0 when there is none. */
  int port() {
    return node.map(DhtNode::port).orElse(0);
  }

  int goodNodes() {
    return node.map(DhtNode::status).map(DhtStatus::good).orElse(0);
  }

  int searches() {
    return node.map(DhtNode::status).map(DhtStatus::searches).orElse(0);
  }

  /** {@code on} or {@code off}. */
  String state() {
    return node.isPresent() ? "on" : "off";
  }

  /** How it fares, or why there is none. */
  String detail() {
    return node.map(
            open -> "%d nodes answer on UDP port %d".formatted(open.status().good(), open.port()))
        .orElse(problem);
  }

  @Override
  public void close() {
    node.ifPresent(DhtNode::close);
  }
}
