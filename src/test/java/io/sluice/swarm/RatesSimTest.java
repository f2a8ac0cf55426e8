package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.transport.PeerLink.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rates and slots in virtual time. */
final class RatesSimTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int PIECE = 32 * 1024;
  private static final SimPeer.Line FAST = new SimPeer.Line(5_000_000, 20, true);

  private static SimSwarm swarm(int pieces, SwarmLimits limits, boolean held) {
    SimSwarm swarm =
        new SimSwarm(
            new Random(5), new PieceGeometry((long) PIECE * pieces, PIECE), pieces, limits);
    BitSet here = new BitSet();
    here.set(0, held ? pieces : 0);
    swarm.know(here);
    return swarm;
  }

  private static SwarmStatus status(SimSwarm swarm) {
    return swarm.core.status(SwarmStatus.Phase.READY, Optional.empty(), swarm.clock.nowNanos());
  }

  @Test
  void aHundredBrowsersAllGetOnWhateverTheSlots() {
    RateLimits rates = new RateLimits(1_000_000, 0);
    SimSwarm swarm = swarm(20, SwarmLimits.DEFAULT.withPeers(120, 32).withRates(rates), true);
    List<SimPeer> browsers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      browsers.add(swarm.add(EnumSet.noneOf(Fault.class), 0, FAST, Kind.WEBRTC, true));
    }
    // 66 MB at 1 MB/s are 66 s; until then three turns of 30 s and a few rounds.
    swarm.run(45 * SECOND);
    assertThat(status(swarm).uploaded()).isBetween(42_000_000L, 47_000_000L);
    assertThat(browsers).filteredOn(browser -> !browser.has.isEmpty()).hasSizeGreaterThan(60);
    swarm.run(45 * SECOND);
    assertThat(browsers).allSatisfy(browser -> assertThat(browser.has.cardinality()).isEqualTo(20));
  }

  @Test
  void aDownloadKeepsToItsRateAndUsesIt() {
    SimSwarm swarm = swarm(200, SwarmLimits.DEFAULT.withRates(new RateLimits(0, 500_000)), false);
    swarm.add(EnumSet.noneOf(Fault.class), 1, FAST, Kind.TCP, false);
    swarm.run(SECOND);
    SimStream stream = swarm.stream(0, 199);
    swarm.run(30 * SECOND);
    // 6.55 MB at 0.5 MB/s are 13.1 s, less the second's worth to begin with.
    assertThat(stream.lastNanos - SECOND).isBetween(11 * SECOND, 14 * SECOND);
    assertThat(status(swarm).wasted()).isZero();
  }

  @Test
  void underARateReadersComeBeforeOthers() {
    long alone = readBeside(false);
    long beside = readBeside(true);
    assertThat(beside).isLessThan(alone + 3 * SECOND);
  }

  private static long readBeside(boolean others) {
    SimSwarm swarm = swarm(400, SwarmLimits.DEFAULT.withRates(new RateLimits(0, 500_000)), false);
    swarm.add(EnumSet.noneOf(Fault.class), 1, FAST, Kind.TCP, false);
    if (others) {
      swarm.add(EnumSet.noneOf(Fault.class), 0, FAST, Kind.WEBRTC, true);
    }
    swarm.run(10 * SECOND);
    SimStream stream = swarm.stream(200, 399);
    swarm.run(60 * SECOND);
    assertThat(stream.read()).isEqualTo(200);
    return stream.lastNanos - 10 * SECOND;
  }
}
