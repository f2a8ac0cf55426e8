package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.swarm.RequestBook.Request;
import io.sluice.swarm.RequestBook.State;
import org.junit.jupiter.api.Test;

final class RequestBookTest {

  private final RequestBook book = new RequestBook(2);

  @Test
  void aBlockIsAskedOnlyOnceAtATime() {
    book.add(1, 0, 0);
    assertThatThrownBy(() -> book.add(1, 0, 1)).isInstanceOf(AssertionError.class);
    assertThat(book.waiting()).isEqualTo(1);
  }

  @Test
  void onlyTheFirstOfSeveralIsAlone() {
    assertThat(book.add(1, 0, 0).alone).isTrue();
    assertThat(book.add(1, 1, 0).alone).isFalse();
  }

  @Test
  void aLateRequestBlocksItsBlockAndMayBeExpectedAgain() {
    Request request = book.add(1, 0, 0);
    book.late(request);
    assertThat(book.late()).isEqualTo(1);
    assertThat(book.askable(1, 0, 0)).isFalse();
    assertThat(book.askable(1, 1, 0)).isTrue();
    book.expect(request);
    assertThat(book.waiting()).isEqualTo(1);
    assertThat(book.late()).isZero();
  }

  @Test
  void aCancelledRequestCanBeRenewedAndRemembersIt() {
    Request request = book.add(1, 0, 0);
    book.cancel(request, 5);
    assertThat(book.idle()).isTrue();
    assertThat(book.find(1, 0)).isSameAs(request);
    assertThat(book.findLive(1, 0)).isNull();
    assertThat(book.add(1, 0, 5)).isSameAs(request);
    assertThat(request.cancels).isEqualTo(1);
    assertThat(request.state()).isEqualTo(State.WAITING);
    assertThat(book.cancelled()).isZero();
  }

  @Test
  void aCancelledBlockIsNotAskedAgainWhileItMayComeNevertheless() {
    book.cancel(book.add(1, 0, 0), 50);
    assertThat(book.askable(1, 0, 49)).isFalse();
    assertThat(book.mayStillCome(1, 49)).isTrue();
    assertThat(book.mayStillCome(2, 49)).isFalse();
    assertThat(book.askable(1, 0, 50)).isTrue();
    assertThat(book.mayStillCome(1, 50)).isFalse();
  }

  @Test
  void whoAnswersALaterRequestHasHeardOfTheCancel() {
    Request before = book.add(1, 0, 0);
    book.cancel(book.add(1, 1, 0), 50);
    book.answered(before);
    assertThat(book.askable(1, 1, 1)).isFalse();
    book.answered(book.add(1, 2, 1));
    assertThat(book.askable(1, 1, 1)).isTrue();
    assertThat(book.add(1, 1, 1).cancels).isZero();
  }

  @Test
  void whoAnswersCancelsIsWaitedFor() {
    book.answeredCancel();
    book.cancel(book.add(1, 1, 0), 50);
    book.answered(book.add(1, 2, 1));
    assertThat(book.askable(1, 1, 1)).isFalse();
    assertThat(book.askable(1, 1, 50)).isTrue();
  }

  @Test
  void cancelledOnesAreForgottenByNumberAndByAge() {
    for (int block = 0; block < 3; block++) {
      book.cancel(book.add(1, block, block), block);
    }
    assertThat(book.find(1, 0)).isNull();
    assertThat(book.cancelled()).isEqualTo(2);
    book.forgetCancelled(2);
    assertThat(book.find(1, 1)).isNull();
    assertThat(book.find(1, 2)).isNotNull();
  }
}
