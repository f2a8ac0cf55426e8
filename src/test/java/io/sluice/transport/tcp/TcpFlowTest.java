package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.transport.PeerLink;
import io.sluice.transport.RecordingListener;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Much, fast, and against a peer that is slower than we are. */
@Timeout(120)
final class TcpFlowTest {

  private static final int BLOCKS = 6_400; // 100 MiB
  private static final int PATTERN_BYTES = 1 << 20;
  private static final byte[] PATTERN = new byte[PATTERN_BYTES];

  static {
    new Random(3).nextBytes(PATTERN);
  }

  /** Each block's bytes follow from its number. */
  private static ByteBuffer block(int number) {
    int from = (int) (number * 7_919L % (PATTERN_BYTES - PeerMessage.BLOCK_BYTES));
    return ByteBuffer.wrap(PATTERN, from, PeerMessage.BLOCK_BYTES);
  }

  /** Checks that blocks come in order and whole; is as slow as the test wants. */
  private static class Checking extends RecordingListener {
    final CountDownLatch all = new CountDownLatch(BLOCKS);
    final AtomicLong wrong = new AtomicLong();
    private int next;

    @Override
    protected void onMessage(PeerMessage message) {
      if (!(message instanceof PeerMessage.Block(int piece, _, ByteBuffer bytes))
          || piece != next++
          || !bytes.equals(block(piece))) {
        wrong.incrementAndGet();
      }
      all.countDown();
    }
  }

  private static final class Sender extends RecordingListener {
    private final Semaphore room = new Semaphore(0);
    private final PeerLink link;
    long mostQueued;
    int waits;

    Sender(PeerLink link) {
      this.link = link;
      link.start(this);
    }

    @Override
    protected void onWritable() {
      room.release();
    }

    void sendAll() throws InterruptedException {
      ByteBuffer own = ByteBuffer.allocateDirect(PeerMessage.BLOCK_BYTES);
      for (int i = 0; i < BLOCKS; i++) {
        while (!link.writable()) {
          waits++;
          assertThat(room.tryAcquire(30, TimeUnit.SECONDS)).as("told of room").isTrue();
        }
        // One buffer for all: it is overwritten as soon as it was sent.
        assertThat(link.send(new PeerMessage.Block(i, 0, own.clear().put(block(i)).flip())))
            .isTrue();
        mostQueued = Math.max(mostQueued, link.queuedBytes());
      }
      link.flush();
    }
  }

  @ParameterizedTest
  @EnumSource
  void hundredMegabytesArriveWholeAndWithinBounds(TcpEncryption encryption) throws Exception {
    try (TcpSide dialler = TcpSide.open(encryption);
        TcpSide acceptor = TcpSide.open(encryption)) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      Checking heard = new Checking();
      pair.acceptor().start(heard);
      Sender sender = new Sender(pair.dialler());
      sender.sendAll();
      assertThat(heard.all.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(heard.wrong).hasValue(0);
      assertThat(heard.violations()).isEmpty();
      assertThat(sender.violations()).isEmpty();
      assertThat(sender.mostQueued)
          .isLessThan(TcpLimits.DEFAULT.highWaterBytes() + 2 * PeerMessage.BLOCK_BYTES);
    }
  }

  @Test
  void aSlowReaderHoldsTheSenderUpAndLosesNothing() throws Exception {
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      CountDownLatch mayRead = new CountDownLatch(1);
      Checking heard =
          new Checking() {
            @Override
            protected void onMessage(PeerMessage message) {
              try {
                mayRead.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              super.onMessage(message);
            }
          };
      pair.acceptor().start(heard);
      Sender sender = new Sender(pair.dialler());
      Thread sending =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      sender.sendAll();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      await().atMost(Duration.ofSeconds(60)).until(() -> !pair.dialler().writable());
      mayRead.countDown();
      assertThat(heard.all.await(60, TimeUnit.SECONDS)).isTrue();
      sending.join();
      assertThat(sender.waits).isPositive();
      assertThat(heard.wrong).hasValue(0);
    }
  }

  @Test
  void aPeerThatNeverReadsIsClosedOnceTheBoundIsReached() throws Exception {
    try (TcpSide side = TcpSide.open();
        RawPeer peer = RawPeer.to(side.address())) {
      peer.say(RawPeer.handshake(TcpSide.TORRENT));
      RecordingListener heard = new RecordingListener();
      TcpLink link = side.nextLink();
      link.start(heard);
      int blocks = 0;
      while (link.send(new PeerMessage.Block(0, 0, block(0)))) {
        assertThat(++blocks).as("blocks that nobody reads").isLessThan(100_000);
      }
      await().until(() -> heard.closedFor().isPresent());
      assertThat(heard.closedFor()).contains("the peer does not read what is sent to it");
      assertThat(link.queuedBytes()).isZero();
      await().until(() -> side.transport.counters().open() == 0);
    }
  }

  @Test
  void aListenerThatNeverStartsDoesNotFillTheMemory() throws Exception {
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      RecordingListener heard = new RecordingListener();
      pair.dialler().start(heard);
      // Nobody starts the other end.
      while (heard.closedFor().isEmpty()) {
        if (pair.dialler().writable()) {
          var _ = pair.dialler().send(new PeerMessage.Block(0, 0, block(0)));
        }
      }
      RecordingListener late = new RecordingListener();
      pair.acceptor().start(late);
      assertThat(late.closedFor()).contains("the peer sent more messages than were taken");
    }
  }
}
