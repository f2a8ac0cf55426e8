package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How soon viewers get what they wait for, in virtual time: what the picker is for. */
final class SwarmSpeedTest {

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;
  private static final int PIECE = 256 * 1024;
  private static final int PIECES = 256;

  private final SimSwarm swarm = swarm(PIECES);

  private static SimSwarm swarm(int storePieces) {
    SimSwarm swarm =
        new SimSwarm(
            new Random(7),
            new PieceGeometry((long) PIECE * PIECES, PIECE),
            storePieces,
            SwarmLimits.DEFAULT);
    swarm.know(new BitSet());
    return swarm;
  }

  private SimPeer seed(long bytesPerSecond, long latencyMillis) {
    return swarm.add(
        EnumSet.noneOf(Fault.class), 1, new SimPeer.Line(bytesPerSecond, latencyMillis, true));
  }

  private static long millis(long nanos) {
    return nanos / MILLI;
  }

  @Test
  void oneSeedIsUsedToTheFull() {
    seed(5_000_000, 50);
    swarm.run(SECOND);
    SimStream stream = swarm.stream(0, 127);
    swarm.run(20 * SECOND);
    // 32 MiB at 5 MB/s are 6.7 s.
    assertThat(millis(stream.lastNanos)).isBetween(7_700L, 8_300L);
    assertThat(wasted()).isZero();
  }

  @Test
  void aFarSeedIsUsedToTheFull() {
    seed(20_000_000, 200);
    swarm.run(SECOND);
    SimStream stream = swarm.stream(0, 255);
    swarm.run(30 * SECOND);
    // 64 MiB at 20 MB/s are 3.4 s; at 400 ms there and back, a few rounds are lost at first.
    assertThat(millis(stream.lastNanos)).isBetween(4_400L, 7_500L);
  }

  @Test
  void theFirstPieceComesAtOnce() {
    seed(5_000_000, 20);
    swarm.run(SECOND);
    SimStream stream = swarm.stream(0, 127);
    swarm.run(5 * SECOND);
    // Interested, unchoked, asked, answered: 80 ms; 256 KiB take 52 ms, and are asked for in part.
    assertThat(millis(stream.firstNanos)).isBetween(1_100L, 1_250L);
  }

  @Test
  void aJumpDoesNotWaitBehindWhatIsReadAhead() {
    seed(1_000_000, 20);
    swarm.run(SECOND);
    SimStream before = swarm.stream(0, 200);
    swarm.run(5 * SECOND);
    before.close();
    SimStream after = swarm.stream(220, 255);
    swarm.run(5 * SECOND);
    // 40 ms there and back, and 262 ms for the piece.
    assertThat(millis(after.firstNanos - 6 * SECOND)).isBetween(0L, 400L);
  }

  @Test
  void aNewViewerDoesNotWaitBehindWhatAnotherReadsAhead() {
    seed(1_000_000, 20);
    swarm.run(SECOND);
    swarm.stream(0, 200);
    swarm.run(5 * SECOND);
    SimStream second = swarm.stream(220, 255);
    swarm.run(5 * SECOND);
    assertThat(millis(second.firstNanos - 6 * SECOND)).isBetween(0L, 900L);
  }

  @Test
  void slowPeersDoNotHoldUpAFastOne() {
    seed(4_000_000, 30);
    for (int i = 0; i < 9; i++) {
      seed(30_000, 100);
    }
    swarm.run(SECOND);
    SimStream stream = swarm.stream(0, 127);
    swarm.run(60 * SECOND);
    // 32 MiB at 4 MB/s are 8.4 s.
    assertThat(millis(stream.lastNanos)).isBetween(8_000L, 11_000L);
    assertThat(millis(stream.longestGapNanos)).isLessThan(2_000);
    assertThat(wasted()).isLessThan(3_000_000);
  }

  @Test
  void manyPeersAddUp() {
    for (int i = 0; i < 10; i++) {
      seed(500_000, 50);
    }
    swarm.run(SECOND);
    SimStream stream = swarm.stream(0, 127);
    swarm.run(60 * SECOND);
    // 32 MiB at 5 MB/s are 6.7 s.
    assertThat(millis(stream.lastNanos)).isBetween(7_500L, 9_700L);
  }

  @Test
  void aPeerThatDiesCostsSecondsOnly() {
    SimPeer dies = seed(4_000_000, 30);
    seed(2_000_000, 30);
    swarm.run(SECOND);
    SimStream stream = swarm.stream(0, 255);
    swarm.run(3 * SECOND);
    dies.die();
    swarm.run(60 * SECOND);
    assertThat(stream.read()).isEqualTo(256);
    assertThat(millis(stream.longestGapNanos)).isLessThan(3_500);
  }

  @Test
  void manyViewersShareEvenlyAndNothingIsFetchedTwice() {
    seed(10_000_000, 30);
    swarm.run(SECOND);
    List<SimStream> streams = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      streams.add(swarm.stream(i * 25, i * 25 + 24));
    }
    swarm.run(3 * SECOND);
    assertThat(streams).allSatisfy(stream -> assertThat(stream.read()).isBetween(6, 18));
    swarm.run(10 * SECOND);
    assertThat(streams).allSatisfy(stream -> assertThat(stream.read()).isEqualTo(25));
    assertThat(wasted()).isZero();
    assertThat(downloaded()).isLessThanOrEqualTo((long) PIECES * PIECE);
  }

  @Test
  void aPlayerThatOpensAndAbortsStartsAtOnce() {
    seed(2_000_000, 20);
    swarm.run(SECOND);
    for (int i = 0; i < 8; i++) {
      SimStream probe = swarm.stream(i % 2 == 0 ? 0 : 250, 255);
      swarm.run(30 * MILLI);
      probe.close();
    }
    SimStream stream = swarm.stream(0, 100);
    long began = swarm.clock.nowNanos();
    swarm.run(5 * SECOND);
    assertThat(millis(stream.firstNanos - began)).isBetween(0L, 500L);
    assertThat(stream.read()).isGreaterThan(30);
  }

  @Test
  void aSmallStoreIsNotFloodedByReadAhead() {
    SimSwarm small = swarm(32);
    small.add(EnumSet.noneOf(Fault.class), 1, new SimPeer.Line(20_000_000, 10, true));
    small.run(SECOND);
    small.feed(new Event.ReaderOpened(9_999, 0, PIECES - 1));
    small.feed(new Event.ReaderAsked(9_999, 0));
    small.run(10 * SECOND);
    // A quarter of the store, and no more while nobody reads on.
    assertThat(small.core.status(SwarmStatus.Phase.READY, Optional.empty(), 0).heldBytes())
        .isLessThanOrEqualTo(8L * PIECE);
  }

  private long wasted() {
    return status().wasted();
  }

  private long downloaded() {
    return status().downloaded();
  }

  private SwarmStatus status() {
    return swarm.core.status(SwarmStatus.Phase.READY, Optional.empty(), swarm.clock.nowNanos());
  }
}
