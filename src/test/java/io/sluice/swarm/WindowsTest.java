package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import java.util.BitSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WindowsTest {

  private static final int PIECE = 1 << 20;

  private final PieceLedger ledger =
      new PieceLedger(new PieceGeometry(1000L * PIECE, PIECE), new BitSet());
  private final Windows windows = new Windows(ledger, SwarmLimits.DEFAULT);

  private ReaderWindow window() {
    return windows.all().getFirst();
  }

  @Test
  void aWindowStartsSmallAndGrowsWithReading() {
    windows.open(1, 10, 900, 0);
    assertThat(window().end()).isEqualTo(13);
    for (int piece = 11; piece <= 40; piece++) {
      windows.move(1, piece, 0);
    }
    assertThat(window().end()).isEqualTo(40 + 33);
    for (int piece = 41; piece <= 200; piece++) {
      windows.move(1, piece, 0);
    }
    assertThat(window().end()).isEqualTo(200 + 63);
  }

  @Test
  void aJumpStartsSmallAgainAndWantsNothingOfWhatWasAhead() {
    windows.open(1, 10, 900, 0);
    windows.move(1, 11, 0);
    windows.drainUnwanted();
    windows.move(1, 500, 0);
    assertThat(window().end()).isEqualTo(503);
    assertThat(windows.drainUnwanted().stream()).containsExactly(11, 12, 13, 14, 15);
    assertThat(ledger.wanted(500)).isTrue();
    assertThat(ledger.wanted(12)).isFalse();
  }

  @Test
  void readersShareWhatMayBeReadAhead() {
    for (int reader = 0; reader < 64; reader++) {
      windows.open(reader, reader, 900, 0);
    }
    // 128 MiB over 64 readers.
    assertThat(windows.all()).allSatisfy(w -> assertThat(w.end() - w.position()).isEqualTo(1));
    windows.open(64, 0, 900, 0);
    assertThat(windows.all()).allSatisfy(w -> assertThat(w.end()).isEqualTo(w.position()));
  }

  @Test
  void whatIsWaitedForStaysWantedAfterAJump() {
    windows.open(1, 0, 900, 0);
    windows.ask(1, 0, 5);
    windows.ask(1, 500, 6);
    windows.drainUnwanted();
    assertThat(ledger.wanted(0)).isTrue();
    assertThat(windows.waitedFor(6).stream()).containsExactly(0, 500);
    assertThat(windows.oldestWait()).isEqualTo(new ReaderWindow.Ask(0, 5));
    windows.settle(1, 0, 7);
    assertThat(windows.drainUnwanted().stream()).containsExactly(0);
  }

  @Test
  void patientReadersHaveTheirTurnLater() {
    windows.open(1, 100, 900, true, Optional.empty(), 0);
    windows.ask(1, 100, 5);
    windows.open(2, 0, 50, 0);
    windows.ask(2, 0, 6);
    assertThat(windows.patient(1)).isTrue();
    assertThat(windows.patient(2)).isFalse();
    assertThat(windows.patient(3)).isFalse();
    assertThat(windows.oldestWait()).isEqualTo(new ReaderWindow.Ask(0, 6));
    assertThat(windows.waitedFor(7).stream()).containsExactly(0);
    assertThat(windows.patientlyWanted(7).get(100)).isTrue();
    assertThat(windows.patientlyWanted(7).get(0)).isFalse();
    assertThat(windows.patientlyWanted(7).get(950)).as("nobody wants it").isFalse();

    long late = 5 + Windows.PATIENCE_NANOS;
    assertThat(windows.patientlyWanted(late).get(100)).as("it has waited long enough").isFalse();
    assertThat(windows.waitedFor(late).stream()).containsExactly(0, 100);

    windows.open(3, 100, 120, 0);
    assertThat(windows.patientlyWanted(7).get(100)).as("a viewer wants it too").isFalse();
  }

  @Test
  void aClosedReaderWantsNothing() {
    windows.open(1, 0, 900, 0);
    windows.open(2, 2, 900, 0);
    windows.ask(1, 0, 5);
    windows.close(1, 0);
    assertThat(windows.drainUnwanted().stream()).containsExactly(0, 1);
    windows.close(2, 0);
    windows.close(2, 0);
    for (int piece = 0; piece < 1000; piece++) {
      assertThat(ledger.wanted(piece)).isFalse();
    }
  }

  @Test
  void aReaderStaysInItsRange() {
    windows.open(1, 10, 12, 0);
    assertThat(window().end()).isEqualTo(12);
    assertThat(windows.move(1, 13, 0)).isFalse();
    assertThat(windows.ask(1, 9, 0)).isFalse();
    assertThat(windows.move(2, 10, 0)).isFalse();
    assertThat(window().position()).isEqualTo(10);
  }
}
