package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.discovery.FoundBy;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.swarm.SwarmStatus;
import io.sluice.transport.PeerLink;
import io.sluice.transport.tcp.DialOutcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a torrent dials, and whom; candidates and their back-off have a test of their own. */
final class TcpDiallingTest {

  private static final InetAddress FORBIDDEN = InetAddress.ofLiteral("192.0.2.99");
  private static final SwarmStatus IDLE = FakeSwarm.status(SwarmStatus.Phase.READY, 0, 100, 0);
  private static final SwarmStatus READ = FakeSwarm.status(SwarmStatus.Phase.READY, 50, 100, 1);
  private static final SwarmStatus WHOLE = FakeSwarm.status(SwarmStatus.Phase.READY, 100, 100, 1);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
  private final FakeSwarm swarm = new FakeSwarm();
  private final Map<InetSocketAddress, CompletableFuture<DialOutcome>> dials =
      new LinkedHashMap<>();
  private final TcpDialling dialling =
      new TcpDialling(
          swarm,
          (_, to) -> {
            CompletableFuture<DialOutcome> outcome = new CompletableFuture<>();
            dials.put(to, outcome);
            return outcome;
          },
          TcpDiallingTest::resolve,
          address -> !address.equals(FORBIDDEN),
          timer,
          40,
          () -> true);

  @AfterEach
  void end() {
    dialling.close();
    timer.shutdownNow();
  }

  private static CompletableFuture<Verdict> resolve(String host, int port) {
    return CompletableFuture.completedFuture(
        host.equals("peer.example")
            ? new Verdict.Allowed(List.of(new InetSocketAddress(at(7).getAddress(), port)))
            : new Verdict.Refused("unknown host"));
  }

  private static InetSocketAddress at(int host) {
    return new InetSocketAddress(InetAddress.ofLiteral("192.0.2." + host), 6881);
  }

  private static List<InetSocketAddress> hosts(int first, int count) {
    return IntStream.range(first, first + count).mapToObj(TcpDiallingTest::at).toList();
  }

  /** A dial that succeeds, told as the transport tells it. */
  private FakePeer connect(InetSocketAddress address) {
    FakePeer peer = new FakePeer(address, true);
    dialling.linked(peer);
    return peer;
  }

  private void fail(InetSocketAddress address) {
    CompletableFuture<DialOutcome> dial = dials.get(address);
    assertThat(dial).isNotNull();
    if (dial != null) {
      dial.complete(new DialOutcome.Unreachable("a test says so"));
    }
  }

  @Test
  void dialsForMetadataAFewAtATimeAndNoMoreThanItTakes() {
    dialling.found(hosts(1, 30), FoundBy.TRACKER);
    assertThat(dials).hasSize(8);
    List.copyOf(dials.keySet()).forEach(this::fail);
    assertThat(dials).hasSize(16);
    dials.keySet().stream().skip(8).toList().forEach(this::connect);
    assertThat(swarm.accepted).hasSize(8);
    dialling.status(FakeSwarm.status(SwarmStatus.Phase.METADATA, 0, 0, 0));
    assertThat(dials).as("ten peers are enough to learn what it is").hasSize(18);
  }

  @Test
  void dialsNobodyWhileNobodyReads() {
    dialling.metadataKnown(false);
    dialling.status(IDLE);
    dialling.found(hosts(1, 5), FoundBy.TRACKER);
    dialling.status(WHOLE);
    assertThat(dials).isEmpty();
    dialling.status(READ);
    assertThat(dials).hasSize(5);
  }

  @Test
  void dialsWhenPiecesAreMissedThatNobodyGives() {
    dialling.metadataKnown(false);
    dialling.status(IDLE);
    dialling.found(hosts(1, 5), FoundBy.DHT);
    dialling.needed();
    assertThat(dials).hasSize(5);
  }

  @Test
  void stopsAtEnoughPeersUnlessTheyAreOfNoUse() {
    dialling.metadataKnown(false);
    dialling.status(READ);
    dialling.found(hosts(1, 60), FoundBy.TRACKER);
    connectAll();
    assertThat(dialling.links()).isEqualTo(25);
    assertThat(dials).hasSize(25);
    dialling.needed();
    connectAll();
    assertThat(dialling.links()).as("the bound of the torrent").isEqualTo(40);
  }

  private void connectAll() {
    for (int before = -1; before < dials.size(); ) {
      before = dials.size();
      dials.keySet().stream()
          .filter(to -> swarm.accepted.stream().noneMatch(link -> to.equals(address(link))))
          .toList()
          .forEach(this::connect);
      dialling.status(READ);
    }
  }

  private static InetSocketAddress address(PeerLink link) {
    return link.remoteAddress().orElseThrow();
  }

  @Test
  void dialsAgainWhenAPeerIsLost() {
    dialling.metadataKnown(false);
    dialling.status(READ);
    dialling.found(hosts(1, 60), FoundBy.TRACKER);
    connectAll();
    assertThat(dials).hasSize(25);
    dialling.ended(swarm.accepted.getFirst());
    assertThat(dials).hasSize(26);
  }

  @Test
  void dialsNeitherItselfNorWhereItMayNotGo() {
    dialling.never(List.of(at(1)));
    dialling.found(List.of(at(1), new InetSocketAddress(FORBIDDEN, 6881), at(2)), FoundBy.MAGNET);
    assertThat(dials.keySet()).containsExactly(at(2));
  }

  @Test
  void peersThatALinkNamesAreResolvedUnderThePolicy() {
    dialling.named(List.of(new HostPort("peer.example", 6881), new HostPort("other.example", 1)));
    assertThat(dials.keySet()).containsExactly(at(7));
  }

  @Test
  void privateTorrentKeepsOnlyWhatItsOwnTrackerFound() {
    dialling.found(List.of(at(1)), FoundBy.TRACKER);
    dialling.found(List.of(at(2)), FoundBy.MAGNET);
    dialling.found(List.of(at(3)), FoundBy.DHT);
    FakePeer fromTracker = connect(at(1));
    FakePeer fromMagnet = connect(at(2));
    FakePeer cameFromThere = new FakePeer(new InetSocketAddress(at(1).getAddress(), 50000), false);
    FakePeer cameFromElsewhere = new FakePeer(at(50), false);
    dialling.linked(cameFromThere);
    dialling.linked(cameFromElsewhere);
    assertThat(swarm.accepted).hasSize(4);

    dialling.metadataKnown(true);
    assertThat(fromTracker.closedFor).isEmpty();
    assertThat(cameFromThere.closedFor).isEmpty();
    assertThat(fromMagnet.closedFor).isPresent();
    assertThat(cameFromElsewhere.closedFor).isPresent();

    FakePeer late = connect(at(3));
    assertThat(late.closedFor).as("its dial was under way").isPresent();
    dialling.status(READ);
    dialling.found(hosts(10, 3), FoundBy.PEX);
    dialling.found(hosts(20, 3), FoundBy.OUR_TRACKER);
    dialling.found(hosts(30, 1), FoundBy.TRACKER);
    assertThat(dials.keySet()).containsExactlyInAnyOrder(at(1), at(2), at(3), at(30));
  }

  @Test
  void closedItDialsNobodyAndTakesNobody() {
    AtomicBoolean told = new AtomicBoolean();
    dialling.whenClosed(() -> told.set(true));
    dialling.close();
    assertThat(told).isTrue();
    dialling.found(hosts(1, 3), FoundBy.TRACKER);
    dialling.needed();
    assertThat(dials).isEmpty();
    FakePeer late = new FakePeer(at(1), false);
    dialling.linked(late);
    assertThat(late.closedFor).isPresent();
  }
}
