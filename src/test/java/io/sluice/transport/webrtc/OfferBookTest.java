package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.InfoHash;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class OfferBookTest {

  private static final InfoHash ONE = InfoHash.parse("1111111111111111111111111111111111111111");
  private static final InfoHash TWO = InfoHash.parse("2222222222222222222222222222222222222222");

  // Near the overflow, which System.nanoTime may be at any time.
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 3);
  private final OfferBook<String> book =
      new OfferBook<>(Duration.ofNanos(60), Duration.ofNanos(300), now::get);

  @Test
  void anOfferIsAnsweredOnce() {
    book.handOut(ONE, "id", "offer");
    assertThat(book.awaits(ONE, "id")).isTrue();
    assertThat(book.answered(TWO, "id")).isEmpty();
    assertThat(book.answered(ONE, "other")).isEmpty();
    assertThat(book.answered(ONE, "id")).contains("offer");
    assertThat(book.answered(ONE, "id")).isEmpty();
    assertThat(book.awaits(ONE, "id")).isFalse();
    assertThat(book.handedOutCount()).isZero();
  }

  @Test
  void timeIsUpForOffersThatWereHandedOut() {
    book.handOut(ONE, "old", "old");
    now.addAndGet(30);
    book.handOut(ONE, "new", "new");
    now.addAndGet(29);
    assertThat(book.expired()).isEmpty();
    now.addAndGet(1);
    assertThat(book.answered(ONE, "old")).as("late, though not swept yet").isEmpty();
    assertThat(book.expired()).containsExactly("old");
    assertThat(book.expired()).isEmpty();
    assertThat(book.answered(ONE, "new")).contains("new");
  }

  @Test
  void spareOffersLiveLongerAndTheFreshestGoesFirst() {
    book.addSpare("old");
    now.addAndGet(200);
    book.addSpare("new");
    book.addSpare("newest");
    assertThat(book.spareCount()).isEqualTo(3);
    assertThat(book.takeSpare()).contains("newest");
    now.addAndGet(100);
    assertThat(book.expired()).containsExactly("old");
    assertThat(book.takeSpare()).contains("new");
    assertThat(book.takeSpare()).isEmpty();
  }

  @Test
  void forgetsWhatEndedByItself() {
    book.addSpare("spare");
    book.handOut(ONE, "id", "offer");
    book.forget("spare");
    book.forget("offer");
    book.forget("never known");
    assertThat(book.spareCount()).isZero();
    assertThat(book.handedOutCount()).isZero();
  }
}
