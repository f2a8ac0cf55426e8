package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.TestTorrents;
import io.sluice.transport.MemoryLink;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way into a session and out of it: {@link Mailbox}, {@link PeerPort}, {@link Notifier}. */
@Timeout(30)
final class MailboxTest {

  private final Mailbox mailbox = new Mailbox();

  private static Mail tick(int peer) {
    return new Mail.ForCore(new Event.PeerGone(peer));
  }

  @Test
  void whoSleepsIsWokenByMail() throws InterruptedException {
    Thread owner = Thread.ofVirtual().start(() -> mailbox.await(Long.MAX_VALUE));
    await().until(() -> owner.getState() == Thread.State.WAITING);
    assertThat(mailbox.post(tick(1))).isTrue();
    owner.join();
    assertThat(mailbox.poll()).isEqualTo(tick(1));
    assertThat(mailbox.poll()).isNull();
  }

  @Test
  void mailThatMayLieForAMomentWakesTheOwnerToo() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      Thread owner = Thread.ofVirtual().start(() -> mailbox.await(Long.MAX_VALUE));
      await().until(() -> owner.getState() == Thread.State.WAITING);
      assertThat(mailbox.postSoon(tick(1))).isTrue();
      assertThat(mailbox.postSoon(tick(2))).isTrue();
      owner.join();
      assertThat(mailbox.poll()).isEqualTo(tick(1));
      assertThat(mailbox.poll()).isEqualTo(tick(2));
    }
    mailbox.close();
    assertThat(mailbox.postSoon(tick(3))).isFalse();
  }

  @Test
  void nobodySleepsOverMailOrTime() {
    mailbox.post(tick(1));
    mailbox.await(Long.MAX_VALUE);
    mailbox.poll();
    mailbox.await(1_000_000);
    mailbox.await(-5);
  }

  @Test
  void aClosedBoxTakesNothing() {
    mailbox.post(tick(1));
    mailbox.close();
    assertThat(mailbox.post(tick(2))).isFalse();
    assertThat(mailbox.poll()).isEqualTo(tick(1));
    assertThat(mailbox.poll()).isNull();
  }

  @Test
  void aPeerThatTalksTooFastIsClosedAndNobodyElse() {
    TorrentInfo torrent = TestTorrents.singleFile("a", new byte[10], 16).info();
    MemoryLink.Pair pair =
        MemoryLink.pair(
            torrent.infoHash(),
            PeerId.random(new Random(1)),
            PeerId.random(new Random(2)),
            Runnable::run);
    PeerPort port = new PeerPort(7, pair.acceptor(), mailbox, SwarmLimits.DEFAULT);
    pair.acceptor().start(port);
    pair.initiator().send(new PeerMessage.Have(1));
    pair.initiator().flush();
    Mail first = mailbox.poll();
    assertThat(first).isInstanceOf(Mail.Heard.class);
    port.heard((Mail.Heard) Objects.requireNonNull(first));
    int most = SwarmLimits.DEFAULT.mailboxMessages();
    for (int i = 0; i < most + 10; i++) {
      pair.initiator().send(new PeerMessage.Have(1));
    }
    pair.initiator().flush();
    List<Mail> mail = new ArrayList<>();
    for (Mail next = mailbox.poll(); next != null; next = mailbox.poll()) {
      mail.add(next);
    }
    assertThat(mail).hasSize(most + 1);
    assertThat(mail.getLast()).isEqualTo(new Mail.ForCore(new Event.PeerGone(7)));
  }

  @Test
  void listenersAreCalledInOrderOneAtATimeAndMayFail() {
    Notifier notifier = new Notifier();
    List<Integer> heard = new CopyOnWriteArrayList<>();
    AtomicInteger inside = new AtomicInteger();
    for (int i = 0; i < 1000; i++) {
      int number = i;
      notifier.tell(
          () -> {
            assertThat(inside.incrementAndGet()).isEqualTo(1);
            heard.add(number);
            inside.decrementAndGet();
            if (number == 500) {
              throw new IllegalStateException("a listener's mistake, made on purpose");
            }
          });
    }
    await().until(() -> heard.size() == 1000);
    assertThat(heard).isSorted();
  }

  @Test
  void aSlowListenerMissesWhatMayBeMissedOnly() {
    Notifier notifier = new Notifier();
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger mentioned = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    notifier.tell(
        () -> {
          try {
            gate.await();
          } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
          }
        });
    for (int i = 0; i < 10_000; i++) {
      notifier.mention(mentioned::incrementAndGet);
    }
    notifier.tell(told::incrementAndGet);
    gate.countDown();
    await().until(() -> told.get() == 1);
    assertThat(mentioned.get()).isBetween(1, 5_000);
  }
}
