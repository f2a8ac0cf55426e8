package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import java.util.BitSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What windows make of how readers behave: their pace, their openings, their seeks and probes. */
final class StreamingWindowsTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int PIECE = 1 << 18;
  private static final int PIECES = 4000;
  private static final FilePieces FILE = new FilePieces(0, PIECES - 1);

  private final PieceLedger ledger =
      new PieceLedger(new PieceGeometry((long) PIECES * PIECE, PIECE), all());
  private final Windows windows = new Windows(ledger, SwarmLimits.DEFAULT);
  private long now = SECOND;

  private static BitSet all() {
    BitSet held = new BitSet();
    held.set(0, PIECES);
    return held;
  }

  private ReaderWindow open(int key, int first) {
    return open(key, first, PIECES - 1);
  }

  private ReaderWindow open(int key, int first, int last) {
    windows.open(key, first, last, false, Optional.of(FILE), now);
    return windows.all().getLast();
  }

  /** Reads so many pieces, one each so many nanoseconds. */
  private void read(ReaderWindow window, int pieces, long nanos) {
    for (int i = 0; i < pieces; i++) {
      now += nanos;
      windows.move(window.key(), window.position() + 1, now);
    }
  }

  private static double secondsAhead(ReaderWindow window, long bytesPerSecond) {
    return (window.end() - window.position()) * (double) PIECE / bytesPerSecond;
  }

  @Test
  void aWindowIsSecondsOfItsReadersPace() {
    ReaderWindow slow = open(1, 10);
    // 256 KiB a second.
    read(slow, 200, SECOND);
    windows.share();
    assertThat(secondsAhead(slow, PIECE)).isBetween(55.0, 65.0);
    windows.close(1, now);
    ReaderWindow fresh = open(2, 2000);
    assertThat(fresh.pace.isKnown()).as("the same file").isTrue();
    assertThat(secondsAhead(fresh, PIECE)).as("after a jump").isBetween(5.0, 17.0);
  }

  @Test
  void timeSpentWaitingIsNotThePlayersPace() {
    ReaderWindow window = open(1, 0);
    for (int piece = 1; piece <= 40; piece++) {
      now += SECOND / 4;
      windows.ask(1, piece, now);
      now += 3 * SECOND;
      windows.settle(1, piece, now);
    }
    // A piece each quarter of a second is what it would take.
    assertThat(window.pace.bytesPerSecond()).isBetween(3L * PIECE, 5L * PIECE);
  }

  @Test
  void deadlinesAreInTime() {
    ReaderWindow slow = open(1, 0);
    read(slow, 60, SECOND);
    ReaderWindow fast = new ReaderWindow(2, 0, PIECES - 1, false, Optional.empty());
    fast.pace.know(4 * PIECE);
    assertThat(slow.dueNanos(slow.position() + 4, PIECE)).isBetween(7 * SECOND / 2, 9 * SECOND / 2);
    assertThat(fast.dueNanos(4, PIECE)).isBetween(SECOND * 9 / 10, SECOND * 11 / 10);
    assertThat(slow.criticalPieces(SwarmLimits.DEFAULT, PIECE)).isBetween(4, 7);
  }

  @Test
  void bothEndsOfAFileBeingOpenedAreWanted() {
    ReaderWindow window = open(1, 0);
    assertThat(window.edges.stream()).contains(0, 3, PIECES - 4, PIECES - 1).hasSize(8);
    assertThat(ledger.wanted(PIECES - 1)).isTrue();
    windows.expire(now + 60 * SECOND);
    assertThat(ledger.wanted(PIECES - 1)).isFalse();
    open(2, 2000);
    assertThat(ledger.wanted(PIECES - 1)).as("a seek opens nothing").isFalse();
  }

  @Test
  void aRangeWithAnEndOpensNothing() {
    assertThat(open(1, 0, 3).edges.isEmpty()).isTrue();
  }

  @Test
  void aProbeOfTheTailIsNoViewer() {
    ReaderWindow viewer = open(1, 0);
    read(viewer, 100, SECOND / 10);
    ReaderWindow probe = open(2, PIECES - 100);
    assertThat(probe.probe).isTrue();
    assertThat(probe.end() - probe.position()).isEqualTo(3);
    read(probe, 6, SECOND / 100);
    assertThat(probe.probe).as("who reads on there is a viewer").isFalse();
    assertThat(probe.end() - probe.position()).isGreaterThan(15);
  }

  @Test
  void abortsAndNewRequestsReuseTheWindow() {
    ReaderWindow first = open(1, 0);
    read(first, 100, SECOND / 10);
    int ahead = first.end() - first.position();
    for (int key = 2; key < 20; key++) {
      windows.drainUnwanted();
      windows.close(key - 1, now);
      assertThat(windows.drainUnwanted().isEmpty()).as("it may go on there").isTrue();
      now += SECOND / 20;
      ReaderWindow again = open(key, 100);
      assertThat(again.end() - again.position()).isEqualTo(ahead);
      assertThat(windows.drainUnwanted().isEmpty()).isTrue();
    }
    assertThat(windows.lingering()).isEmpty();
  }

  @Test
  void aSeekLetsGoAtOnceOfWhatItMadeUseless() {
    ReaderWindow first = open(1, 0);
    read(first, 100, SECOND / 10);
    windows.close(1, now);
    windows.drainUnwanted();
    open(2, 3000);
    assertThat(windows.drainUnwanted().get(120)).isTrue();
    assertThat(ledger.wanted(120)).isFalse();
  }

  @Test
  void whoLeavesForGoodWantsNothingAMomentLater() {
    open(1, 0);
    windows.close(1, now);
    windows.expire(now + SECOND / 10);
    assertThat(ledger.wanted(5)).isTrue();
    windows.expire(now + SECOND / 2);
    assertThat(ledger.wanted(5)).isFalse();
    assertThat(windows.lingers()).isFalse();
  }

  @Test
  void memoryPressureShrinksWindowsForAWhile() {
    ReaderWindow window = open(1, 0);
    read(window, 1000, SECOND / 1000);
    int before = window.end() - window.position();
    for (int i = 0; i < 3; i++) {
      now += SECOND;
      windows.evicted(window.position() + 1, now);
    }
    assertThat(window.end() - window.position()).isLessThan(before / 2);
    for (int i = 0; i < 20; i++) {
      windows.share();
    }
    assertThat(window.end() - window.position()).isEqualTo(before);
    windows.evicted(window.position() - 1, now + SECOND);
    assertThat(window.end() - window.position()).as("what was read").isEqualTo(before);
  }

  @Test
  void whoWantsLittleLeavesTheRestToOthers() {
    ReaderWindow greedy = open(1, 0);
    read(greedy, 1000, SECOND / 1000);
    for (int key = 2; key < 12; key++) {
      open(key, 100 * key, 100 * key + 3);
    }
    windows.share();
    // 128 MiB, of which ten readers of a mebibyte each take at most 4 MiB.
    assertThat((greedy.end() - greedy.position()) * (long) PIECE).isGreaterThan(60L << 20);
  }
}
