package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cache.PieceWaits.Load;
import io.sluice.cache.PieceWaits.Wait;
import io.sluice.cache.PieceWaits.Waiter;
import io.sluice.wire.InfoHash;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class PieceWaitsTest {

  private static final InfoHash TORRENT = InfoHash.parse("ab".repeat(20));
  private static final PieceKey FIRST = new PieceKey(TORRENT, 1);
  private static final PieceKey SECOND = new PieceKey(TORRENT, 2);
  private static final SourceRegistration SOURCE =
      new SourceRegistration(PieceSource.NONE, _ -> {});

  private final PieceWaits waits = new PieceWaits(new CacheLimits(100, 50, 2, 1));

  private Load next() {
    return Objects.requireNonNull(waits.nextLoad());
  }

  @Test
  void noMoreLoadsRunThanMay() {
    for (PieceKey key : new PieceKey[] {FIRST, SECOND}) {
      Wait wait = waits.enter(key);
      waits.load(wait, SOURCE);
      waits.load(wait, SOURCE); // Once is enough.
      Waiter _ = waits.join(wait);
    }
    Load running = next();
    assertThat(running.awaited().key).isEqualTo(FIRST);
    assertThat(waits.nextLoad()).isNull();
    assertThat(waits.ended(running.awaited())).isTrue();
    assertThat(next().awaited().key).isEqualTo(SECOND);
    assertThat(waits.nextLoad()).isNull();
  }

  @Test
  void whoeverIsLastToLeaveTakesAQueuedLoadAlong() {
    Wait wait = waits.enter(FIRST);
    waits.load(wait, SOURCE);
    Waiter one = waits.join(wait);
    Waiter other = waits.join(wait);
    assertThat(waits.full()).isTrue();
    waits.withdraw(wait, one);
    waits.withdraw(wait, one);
    assertThat(waits.full()).isFalse();
    assertThat(waits.find(FIRST)).isSameAs(wait);
    waits.withdraw(wait, other);
    assertThat(waits.find(FIRST)).isNull();
    assertThat(waits.nextLoad()).isNull();
  }

  @Test
  void aLoadThatRunsKeepsTheWaitForThoseWhoComeLater() {
    Wait wait = waits.enter(FIRST);
    waits.load(wait, SOURCE);
    waits.withdraw(wait, waits.join(wait));
    assertThat(waits.find(FIRST)).isNull();
    Wait again = waits.enter(FIRST);
    waits.load(again, SOURCE);
    Waiter waiter = waits.join(again);
    Load running = next();
    waits.withdraw(again, waiter);
    assertThat(waits.enter(FIRST)).isSameAs(again);
    Waiter late = waits.join(again);
    assertThat(waits.arrived(FIRST)).containsExactly(late);
    assertThat(waits.ended(running.awaited())).isFalse();
  }

  @Test
  void aLoadThatWasDisownedIsNobodysWhenItEnds() {
    Wait wait = waits.enter(FIRST);
    waits.load(wait, SOURCE);
    Waiter waiter = waits.join(wait);
    Load running = next();
    assertThat(waits.of(TORRENT)).containsExactly(wait);
    assertThat(waits.drop(wait)).containsExactly(waiter);
    assertThat(waits.all()).isEmpty();
    Wait fresh = waits.enter(FIRST);
    Waiter _ = waits.join(fresh);
    assertThat(waits.ended(running.awaited())).isFalse();
    assertThat(waits.find(FIRST)).isSameAs(fresh);
  }
}
