package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.testing.SeededCases;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing is fetched twice from a seed that does nothing wrong, however its readers behave. */
final class SwarmThriftTest {

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;
  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 200;

  private int cancels;
  private int chokes;

  @Test
  void readersThatJumpAndLeaveCostNothing() {
    SeededCases.run(20, random -> simulate(random, EnumSet.noneOf(Fault.class)));
    assertThat(cancels).isGreaterThan(1_000);
  }

  @Test
  void aSeedThatChokesNowAndThenCostsNothing() {
    SeededCases.run(20, random -> simulate(random, EnumSet.of(Fault.CHOKE)));
    assertThat(chokes).isGreaterThan(100);
  }

  private void simulate(Random random, EnumSet<Fault> faults) {
    SimSwarm swarm =
        new SimSwarm(
            new Random(random.nextLong()),
            new PieceGeometry((long) PIECE * PIECES - random.nextInt(PIECE), PIECE),
            4 * PIECES,
            SwarmLimits.DEFAULT);
    swarm.know(new BitSet());
    SimPeer seed =
        swarm.add(
            faults,
            1,
            new SimPeer.Line(
                100_000L << random.nextInt(8), 1 + random.nextInt(150), random.nextInt(4) > 0));
    swarm.run(SECOND);
    for (int i = 0; i < 30; i++) {
      int first = random.nextInt(PIECES);
      SimStream stream = swarm.stream(first, first + random.nextInt(PIECES - first));
      swarm.run(random.nextInt(random.nextBoolean() ? 50 : 2_000) * MILLI);
      stream.close();
      if (random.nextBoolean()) {
        // As players do: the same place again, at once.
        SimStream again = swarm.stream(first, PIECES - 1);
        swarm.run(random.nextInt(300) * MILLI);
        again.close();
      }
    }
    SimStream whole = swarm.stream(0, PIECES - 1);
    swarm.run(600 * SECOND);
    assertThat(whole.read()).isEqualTo(PIECES);
    SwarmStatus status =
        swarm.core.status(SwarmStatus.Phase.READY, Optional.empty(), swarm.clock.nowNanos());
    assertThat(List.of(status.wasted(), (long) seed.sentAgain())).containsOnly(0L);
    assertThat(status.downloaded()).isEqualTo(swarm.geometry.totalBytes());
    cancels += swarm.cancels;
    chokes += Stream.ofNullable(swarm.fired.get(Fault.CHOKE)).mapToInt(n -> n).sum();
  }
}
