package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sluice.metainfo.PieceGeometry;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class PieceLedgerTest {

  private final PieceLedger ledger = new PieceLedger(new PieceGeometry(95, 10), held(2));

  private static BitSet held(int... pieces) {
    BitSet held = new BitSet();
    for (int piece : pieces) {
      held.set(piece);
    }
    return held;
  }

  @Test
  void aPieceGoesRoundAndBack() {
    assertThat(ledger.state(9)).isEqualTo(PieceState.MISSING);
    ledger.want(9);
    assertThat(ledger.state(9)).isEqualTo(PieceState.WANTED);
    ledger.start(9);
    assertThat(ledger.state(9)).isEqualTo(PieceState.ACTIVE);
    ledger.hash(9);
    assertThat(ledger.state(9)).isEqualTo(PieceState.VERIFYING);
    ledger.hold(9);
    assertThat(ledger.state(9)).isEqualTo(PieceState.HELD);
    assertThat(ledger.heldBytes()).isEqualTo(15);
    ledger.lose(9);
    assertThat(ledger.state(9)).isEqualTo(PieceState.WANTED);
    assertThat(ledger.heldBytes()).isEqualTo(10);
    assertThat(ledger.unwant(9)).isTrue();
    assertThat(ledger.state(9)).isEqualTo(PieceState.MISSING);
  }

  @Test
  void noStepIsLeftOut() {
    assertThatIllegalStateException().isThrownBy(() -> ledger.hash(1));
    assertThatIllegalStateException().isThrownBy(() -> ledger.hold(1));
    assertThatIllegalStateException().isThrownBy(() -> ledger.lose(1));
    assertThatIllegalStateException().isThrownBy(() -> ledger.drop(1));
    assertThatIllegalStateException().isThrownBy(() -> ledger.start(2));
    assertThatIllegalStateException().isThrownBy(() -> ledger.unwant(1));
    assertThatIllegalStateException().isThrownBy(() -> ledger.open(1, false));
  }

  @Test
  void aBadPieceIsOpenAgain() {
    ledger.start(1);
    ledger.open(1, false);
    ledger.hash(1);
    assertThat(ledger.nextOpen(1)).isEqualTo(3);
    ledger.drop(1);
    assertThat(ledger.nextOpen(1)).isEqualTo(1);
  }

  @Test
  void aPieceIsWantedUntilTheLastHasLostInterest() {
    ledger.want(1);
    ledger.want(1);
    assertThat(ledger.unwant(1)).isFalse();
    ledger.keepWhole(true);
    assertThat(ledger.unwant(1)).isFalse();
    assertThat(ledger.wanted(1)).isTrue();
  }
}
