package io.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LinkInboxTest {

  private final List<Throwable> faults = new ArrayList<>();
  private final LinkInbox inbox = new LinkInbox(1000, faults::add);
  private final RecordingListener heard = new RecordingListener();

  @Test
  void keepsWhatCameBeforeTheStart() {
    assertThat(inbox.message(new PeerMessage.Have(1), 9)).isTrue();
    inbox.writable();
    assertThat(inbox.closed("over")).isTrue();
    assertThat(heard.messages()).isEmpty();

    inbox.start(heard);
    assertThat(heard.messages()).containsExactly(new PeerMessage.Have(1));
    assertThat(heard.writables()).isEqualTo(1);
    assertThat(heard.closedFor()).contains("over");
    assertThat(heard.violations()).isEmpty();
  }

  @Test
  void closesOnceAndSaysNothingAfterwards() {
    inbox.start(heard);
    assertThat(inbox.closed("first")).isTrue();
    assertThat(inbox.closed("second")).isFalse();
    assertThat(inbox.message(new PeerMessage.Have(1), 9)).isTrue();
    inbox.writable();

    assertThat(heard.closedFor()).contains("first");
    assertThat(heard.messages()).isEmpty();
    assertThat(heard.violations()).isEmpty();
    assertThat(inbox.isClosed()).isTrue();
  }

  @Test
  void holdsNoMoreThanItsBound() {
    int taken = 0;
    while (inbox.message(new PeerMessage.KeepAlive(), 4)) {
      taken++;
    }
    assertThat(taken).as("of 4 bytes and their objects").isEqualTo(1000 / 68);
    inbox.start(heard);
    assertThat(heard.messages()).hasSize(taken);
    assertThat(inbox.message(new PeerMessage.KeepAlive(), 4)).as("room again").isTrue();
  }

  @Test
  void startsOnce() {
    inbox.start(heard);
    assertThatThrownBy(() -> inbox.start(heard)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void newsFromWithinACallComesAfterIt() {
    List<String> order = new ArrayList<>();
    inbox.start(
        new PeerLink.Listener() {
          @Override
          public void message(PeerMessage message) {
            order.add("begin " + message);
            if (message instanceof PeerMessage.Choke) {
              inbox.message(new PeerMessage.Unchoke(), 5);
              inbox.closed("over");
            }
            order.add("end");
          }

          @Override
          public void writable() {}

          @Override
          public void closed(String reason) {
            order.add(reason);
          }
        });
    inbox.message(new PeerMessage.Choke(), 5);

    assertThat(order).containsExactly("begin Choke[]", "end", "begin Unchoke[]", "end", "over");
  }

  @Test
  void aListenerThatThrowsIsReportedAndHearsOn() {
    inbox.start(
        new RecordingListener() {
          @Override
          protected void onMessage(PeerMessage message) {
            throw new AssertionError("a fault");
          }
        });
    inbox.message(new PeerMessage.Choke(), 5);
    inbox.message(new PeerMessage.Choke(), 5);
    assertThat(faults).hasSize(2).allMatch(AssertionError.class::isInstance);
  }

  @Test
  void manyThreadsBringButOneCallComesAtATime() throws Exception {
    LinkInbox wide = new LinkInbox(Long.MAX_VALUE, faults::add);
    int threads = 4;
    int each = 20_000;
    CountDownLatch done = new CountDownLatch(threads);
    int[] last = new int[threads];
    List<String> wrong = new ArrayList<>();
    RecordingListener counting =
        new RecordingListener() {
          @Override
          protected void onMessage(PeerMessage message) {
            if (message instanceof PeerMessage.Request(int thread, int number, int _)
                && last[thread]++ != number) {
              wrong.add(message + " after " + last[thread]);
            }
          }
        };
    for (int thread = 0; thread < threads; thread++) {
      int self = thread;
      Thread.ofPlatform()
          .start(
              () -> {
                for (int number = 0; number < each; number++) {
                  wide.message(new PeerMessage.Request(self, number, 1), 17);
                  wide.writable();
                  if (self == 0 && number == each / 2) {
                    wide.start(counting);
                  }
                }
                done.countDown();
              });
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    wide.closed("over");

    assertThat(last).containsOnly(each);
    assertThat(wrong).isEmpty();
    assertThat(counting.violations()).isEmpty();
    assertThat(counting.closedFor()).contains("over");
    assertThat(faults).isEmpty();
  }
}
