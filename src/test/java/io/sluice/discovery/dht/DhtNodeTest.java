package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.discovery.FoundBy;
import io.sluice.discovery.PeerSink;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes with real sockets on loopback. */
final class DhtNodeTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final InetSocketAddress ANY4 = Nodes.at("127.0.0.1", 0);
  private static final InetSocketAddress ANY6 = Nodes.at("::1", 0);

  private final Random random = new Random(5);
  private final InfoHash torrent = Nodes.infoHash(random);
  private final List<DhtNode> nodes = new ArrayList<>();
  private final List<DhtState> kept = new CopyOnWriteArrayList<>();
  private final Set<InetSocketAddress> found = ConcurrentHashMap.newKeySet();
  private final PeerSink sink =
      (addresses, by) -> {
        assertThat(by).isEqualTo(FoundBy.DHT);
        found.addAll(addresses);
      };

  @AfterEach
  void close() {
    nodes.forEach(DhtNode::close);
  }

  private DhtNode open(DhtSettings settings) throws IOException {
    DhtNode node = DhtNode.open(settings, kept::add);
    nodes.add(node);
    return node;
  }

  /** A bootstrap node and some that join through it, by its name. */
  private List<DhtNode> network(InetSocketAddress bind, String host, int count) throws IOException {
    DhtNode first = open(DhtSettings.on(bind));
    List<DhtNode> all = new ArrayList<>(List.of(first));
    for (int i = 1; i < count; i++) {
      InetSocketAddress bootstrap = InetSocketAddress.createUnresolved(host, first.port());
      all.add(open(DhtSettings.on(bind).withBootstrap(List.of(bootstrap))));
    }
    Awaitility.await("a network")
        .atMost(LIMIT)
        .until(
            () ->
                first.status().good() >= count - 1
                    && all.stream().allMatch(node -> node.status().good() > 0));
    return all;
  }

  @Test
  void announcesAndFinds() throws IOException {
    List<DhtNode> network = network(ANY4, "localhost", 4);
    announceAndFind(network, Nodes.at("127.0.0.1", 4711));
    assertThat(found).hasSize(1);
    Awaitility.await("the end of the search")
        .atMost(LIMIT)
        .until(() -> network.get(2).status().searches() == 0);
  }

  @Test
  void servesIpv6() throws IOException {
    announceAndFind(network(ANY6, "::1", 3), Nodes.at("::1", 4711));
  }

  private void announceAndFind(List<DhtNode> network, InetSocketAddress peer) {
    try (DhtSearch announcing = network.get(1).search(torrent, peer.getPort(), PeerSink.NONE)) {
      assertThat(announcing.infoHash()).isEqualTo(torrent);
      Awaitility.await("the announce")
          .atMost(LIMIT)
          .until(() -> network.stream().anyMatch(node -> node.status().storedPeers() > 0));
      try (DhtSearch looking = network.get(2).search(torrent, 0, sink)) {
        Awaitility.await("our peer").atMost(LIMIT).until(() -> found.contains(peer));
        assertThat(looking.infoHash()).isEqualTo(torrent);
      }
    }
  }

  @Test
  void aNodeOfBothFamiliesAsksOutsideThroughTheSocketThatReachesIt() throws IOException {
    DhtNode server = open(DhtSettings.on(ANY4));
    DhtNode both = open(DhtSettings.on(ANY4, ANY6, Nodes.at("::", 0)));
    both.addNode(Nodes.at("127.0.0.1", server.port()));
    Awaitility.await("a node").atMost(LIMIT).until(() -> both.status().good() == 1);
    assertThat(both.status().ipv6()).isPresent();
    // It answered a ping in return, so it was seen at the port that it listens on.
    Awaitility.await("a node").atMost(LIMIT).until(() -> server.status().good() == 1);
  }

  @Test
  void aPortMessageLeadsToANode() throws IOException {
    DhtNode known = open(DhtSettings.on(ANY4));
    DhtNode other = open(DhtSettings.on(ANY4));
    other.addNode(InetSocketAddress.createUnresolved("nobody.invalid", 1));
    other.addNode(Nodes.at("127.0.0.1", known.port()));
    Awaitility.await("a node").atMost(LIMIT).until(() -> other.status().good() == 1);
  }

  @Test
  void survivesGarbage() throws IOException {
    DhtNode node = open(DhtSettings.on(ANY4));
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (DatagramSocket socket = new DatagramSocket(0, loopback)) {
      Awaitility.await("much of it to be counted")
          .atMost(LIMIT)
          .until(
              () -> {
                for (int i = 0; i < 50; i++) {
                  byte[] bytes = new byte[random.nextInt(3_000)];
                  random.nextBytes(bytes);
                  socket.send(new DatagramPacket(bytes, bytes.length, loopback, node.port()));
                }
                DhtStatus.Totals totals = node.status().totals();
                return totals.malformed() >= 50 && totals.refused() > 100;
              });
    }
    DhtNode other = open(DhtSettings.on(ANY4));
    other.addNode(Nodes.at("127.0.0.1", node.port()));
    Awaitility.await("an answer").atMost(LIMIT).until(() -> other.status().good() == 1);
  }

  @Test
  void goesOnAfterARestartWithoutItsBootstrapNode() throws IOException {
    List<DhtNode> network = network(ANY4, "127.0.0.1", 3);
    DhtNode restarting = network.get(2);
    restarting.addNode(Nodes.at("127.0.0.1", network.get(1).port()));
    Awaitility.await("two nodes").atMost(LIMIT).until(() -> restarting.status().good() == 2);
    kept.clear();
    restarting.close();
    assertThat(kept).hasSize(1);
    network.getFirst().close();
    DhtNode again = open(DhtSettings.on(ANY4).withState(kept.getFirst()));
    Awaitility.await("an old acquaintance").atMost(LIMIT).until(() -> again.status().good() >= 1);
    assertThat(again.status().ipv4().orElseThrow().id())
        .isEqualTo(kept.getFirst().id4().orElseThrow());
  }

  @Test
  void saysThatItsPortIsTaken() throws IOException {
    DhtNode node = open(DhtSettings.on(ANY4));
    InetSocketAddress taken = Nodes.at("127.0.0.1", node.port());
    assertThatThrownBy(() -> open(DhtSettings.on(taken)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on UDP /127.0.0.1:" + node.port());
  }

  @Test
  void searchesAreBoundedAndClosedOnesDoNotCount() throws IOException {
    DhtLimits two = DhtLimits.DEFAULT.withSearches(2);
    DhtNode node = open(DhtSettings.on(ANY4).withLimits(two));
    DhtSearch first = node.search(torrent, 0, sink);
    DhtSearch second = node.search(torrent, 0, sink);
    assertThatThrownBy(() -> node.search(torrent, 0, sink))
        .isInstanceOf(IllegalStateException.class);
    first.close();
    first.close();
    DhtSearch third = node.search(torrent, 0, sink);
    assertThatThrownBy(() -> node.search(torrent, 0, sink))
        .isInstanceOf(IllegalStateException.class);
    second.close();
    third.close();
  }

  @Test
  void leavesNoThreadBehind() throws IOException {
    DhtNode node = open(DhtSettings.on(ANY4));
    assertThat(threads()).isNotEmpty();
    node.close();
    node.close();
    assertThat(threads()).isEmpty();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sluice-dht"))
        .toList();
  }
}
