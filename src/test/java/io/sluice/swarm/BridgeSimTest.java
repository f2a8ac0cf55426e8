package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.transport.PeerLink.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Two networks that meet in us alone, in virtual time, with a store far smaller than the torrent.
 */
final class BridgeSimTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 200;
  private static final int STORE = PIECES / 10;
  private static final SimPeer.Line FAST = new SimPeer.Line(2_000_000, 20, true);

  private final SimSwarm swarm = swarm(SwarmLimits.DEFAULT);

  private static SimSwarm swarm(SwarmLimits limits) {
    SimSwarm swarm =
        new SimSwarm(
            new Random(11), new PieceGeometry((long) PIECE * PIECES - 777, PIECE), STORE, limits);
    swarm.know(new BitSet());
    return swarm;
  }

  private SimPeer seed(Kind kind) {
    return swarm.add(EnumSet.noneOf(Fault.class), 1, FAST, kind, false);
  }

  private SimPeer leech(Kind kind, Fault... faults) {
    EnumSet<Fault> all = EnumSet.noneOf(Fault.class);
    all.addAll(List.of(faults));
    return swarm.add(all, 0, FAST, kind, true);
  }

  private static SimLeech mind(SimPeer peer) {
    return Optional.ofNullable(peer.leech).orElseThrow();
  }

  private long downloaded() {
    return swarm
        .core
        .status(SwarmStatus.Phase.READY, Optional.empty(), swarm.clock.nowNanos())
        .downloaded();
  }

  private void assertComplete(SimPeer... peers) {
    assertThat(peers).allSatisfy(peer -> assertThat(peer.has.cardinality()).isEqualTo(PIECES));
    Bridge bridge = swarm.core.content().orElseThrow().bridge();
    assertThat(bridge.bytes()).isZero();
    assertThat(swarm.retained).isEmpty();
    assertThat(swarm.shared.bridge().left()).isEqualTo(1L << 40);
  }

  @Test
  void browsersGetWhatOnlyTcpPeersHave() {
    seed(Kind.TCP);
    SimPeer first = leech(Kind.WEBRTC);
    SimPeer second = leech(Kind.WEBRTC);
    swarm.run(120 * SECOND);
    assertComplete(first, second);
    // Some pieces are fetched again for the one who was behind when they were let go.
    assertThat(downloaded()).isLessThan((long) PIECE * PIECES * 3 / 2);
  }

  @Test
  void tcpPeersGetWhatOnlyABrowserHas() {
    seed(Kind.WEBRTC);
    SimPeer leech = leech(Kind.TCP);
    swarm.run(120 * SECOND);
    assertComplete(leech);
    assertThat(downloaded()).isEqualTo(swarm.geometry.totalBytes());
  }

  @Test
  void itGoesAboutAsFastAsTheSeed() {
    seed(Kind.TCP);
    SimPeer leech = leech(Kind.WEBRTC);
    // 13 MB at 2 MB/s are 6.6 s; a few more to begin with, and a window of 5 pieces.
    swarm.run(16 * SECOND);
    assertComplete(leech);
  }

  @Test
  void bothWaysAtATime() {
    List<SimPeer> all = new ArrayList<>();
    for (Kind kind : List.of(Kind.TCP, Kind.WEBRTC)) {
      SimPeer partial = swarm.add(EnumSet.noneOf(Fault.class), 0, FAST, kind, true);
      for (int piece = 0; piece < PIECES; piece++) {
        if (piece % 2 == 0 == (kind == Kind.TCP)) {
          partial.has.set(piece);
          partial.announce(piece);
        }
      }
      SimPeer empty = leech(kind);
      mind(empty).mates.add(partial);
      mind(partial).mates.add(empty);
      all.add(partial);
      all.add(empty);
    }
    swarm.run(900 * SECOND);
    assertComplete(all.toArray(SimPeer[]::new));
  }

  @Test
  void aBrowserThatCannotReachOthersGetsWhatTheyHave() {
    seed(Kind.WEBRTC);
    SimPeer alone = leech(Kind.WEBRTC);
    swarm.run(120 * SECOND);
    assertComplete(alone);
  }

  @Test
  void nothingIsCarriedWithinTheTcpNetwork() {
    seed(Kind.TCP);
    leech(Kind.TCP);
    swarm.run(120 * SECOND);
    assertThat(downloaded()).isZero();
  }

  @Test
  void peersAreCalledForWhenNobodyHasWhatIsLackedButLessAndLessOften() {
    leech(Kind.WEBRTC);
    swarm.run(60 * SECOND);
    assertThat(swarm.calls).isBetween(2, 4);
    swarm.run(3600 * SECOND);
    assertThat(swarm.calls).isBetween(10, 20);
  }

  @Test
  void switchedOffItFetchesNothing() {
    SimSwarm off = swarm(SwarmLimits.DEFAULT.withBridge(BridgeLimits.OFF));
    off.add(EnumSet.noneOf(Fault.class), 1, FAST, Kind.TCP, false);
    off.add(EnumSet.noneOf(Fault.class), 0, FAST, Kind.WEBRTC, true);
    off.run(60 * SECOND);
    assertThat(off.bridged).isZero();
    assertThat(off.core.status(SwarmStatus.Phase.READY, Optional.empty(), off.clock.nowNanos()))
        .satisfies(status -> assertThat(status.downloaded()).isZero());
  }

  @Test
  void whoTakesNothingHoldsUpNobodyAndIsNotFetchedFor() {
    seed(Kind.TCP);
    leech(Kind.WEBRTC, Fault.IGNORE);
    SimPeer takes = leech(Kind.WEBRTC);
    swarm.run(600 * SECOND);
    assertThat(takes.has.cardinality()).isEqualTo(PIECES);
    assertThat(swarm.fired).containsKey(Fault.IGNORE);
    long before = downloaded();
    swarm.run(3600 * SECOND);
    // A window of pieces now and then, in case it comes to its senses.
    assertThat(downloaded() - before).isLessThan(10L * STORE * PIECE);
  }

  @Test
  void theRateIsKept() {
    SimSwarm slow =
        swarm(
            SwarmLimits.DEFAULT.withBridge(
                new BridgeLimits(true, 1 << 20, 100_000, Duration.ofSeconds(30))));
    slow.add(EnumSet.noneOf(Fault.class), 1, FAST, Kind.TCP, false);
    slow.add(EnumSet.noneOf(Fault.class), 0, FAST, Kind.WEBRTC, true);
    slow.run(60 * SECOND);
    assertThat(slow.core.status(SwarmStatus.Phase.READY, Optional.empty(), slow.clock.nowNanos()))
        .satisfies(status -> assertThat(status.downloaded()).isBetween(4_500_000L, 6_500_000L));
  }

  @Test
  void aReaderIsHardlySlowerBesideIt() {
    long alone = readAll(swarm(SwarmLimits.DEFAULT), false);
    long beside = readAll(swarm, true);
    assertThat(swarm.bridged).isPositive();
    assertThat(beside).isLessThan(alone * 11 / 10 + SECOND / 5);
  }

  /** How long a reader takes that begins when others have been fetched for already. */
  private static long readAll(SimSwarm swarm, boolean leech) {
    swarm.add(EnumSet.noneOf(Fault.class), 1, FAST, Kind.TCP, false);
    if (leech) {
      swarm.add(EnumSet.noneOf(Fault.class), 0, FAST, Kind.WEBRTC, true);
    }
    swarm.run(5 * SECOND);
    SimStream stream = swarm.stream(100, 180);
    swarm.run(60 * SECOND);
    assertThat(stream.read()).isEqualTo(81);
    return stream.lastNanos - 5 * SECOND;
  }
}
