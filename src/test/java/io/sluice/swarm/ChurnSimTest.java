package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A day of peers that come, lie and go, of readers, and of pieces that leave memory. */
final class ChurnSimTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 128;
  private static final int HOURS = 24;
  private static final int ROUNDS_AN_HOUR = 6;
  private static final int PEERS = 6;
  private static final int READERS = 3;

  private final Random random = new Random(24);
  private final SimSwarm swarm =
      new SimSwarm(
          random,
          new PieceGeometry((long) PIECE * PIECES, PIECE),
          PIECES / 2,
          SwarmLimits.DEFAULT.withPeers(20, 8));

  @Test
  void aDayOfChurnLeavesNothingBehind() {
    assertThat(Footprint.of(new ArrayList<>(List.of(new BitSet(64), new Object())))).isEqualTo(4);
    swarm.know(new BitSet());
    List<Long> hours = new ArrayList<>();
    for (int hour = 0; hour < HOURS; hour++) {
      for (int round = 0; round < ROUNDS_AN_HOUR; round++) {
        churn();
      }
      hours.add(Footprint.of(swarm.core));
    }
    assertThat(swarm.bannedForData.size()).as("liars were there").isGreaterThan(20);
    assertThat(swarm.evictions).isGreaterThan(100);
    // Bans and decisions are remembered up to their bounds; the rest is as it was.
    long morning = hours.subList(2, 8).stream().mapToLong(each -> each).max().orElseThrow();
    long evening = hours.subList(16, HOURS).stream().mapToLong(each -> each).max().orElseThrow();
    long bans = 3L * swarm.bannedForData.size();
    assertThat(evening).as("%s", hours).isLessThanOrEqualTo(morning + bans + morning / 10);
  }

  private void churn() {
    for (int i = 0; i < PEERS; i++) {
      EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
      for (Fault fault : Fault.values()) {
        if (random.nextInt(12) == 0) {
          faults.add(fault);
        }
      }
      if (i == 0) {
        faults.clear();
      }
      swarm.add(faults, i == 0 ? 1 : random.nextDouble());
    }
    List<SimStream> streams = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      int first = random.nextInt(PIECES - 20);
      streams.add(swarm.stream(first, first + 20));
    }
    swarm.run(20 * SECOND);
    streams.forEach(SimStream::close);
    swarm.departAll();
    // Those who come back do so within ten seconds.
    swarm.run(15 * SECOND);
    swarm.departAll();
    swarm.run(3600 * SECOND / ROUNDS_AN_HOUR - 35 * SECOND);
  }
}
