package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.transport.PeerLink;
import io.sluice.transport.RecordingListener;
import io.sluice.transport.webrtc.WebrtcPair.Ends;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What flows over a link: much, in order, and never more of it queued than the limits say. */
final class WebrtcFlowTest {

  private static final int BLOCKS = 200 * 1024 * 1024 / PeerMessage.BLOCK_BYTES;

  /** Sends numbered blocks whenever it may, as a seeder does, and looks at the queue. */
  private static final class Pump extends RecordingListener {
    private final PeerLink link;
    private final int blocks;
    private final ByteBuffer payload = ByteBuffer.allocateDirect(PeerMessage.BLOCK_BYTES);
    final AtomicInteger sent = new AtomicInteger();
    final AtomicLong mostQueued = new AtomicLong();

    Pump(PeerLink link, int blocks) {
      this.link = link;
      this.blocks = blocks;
    }

    synchronized void push() {
      while (sent.get() < blocks && link.writable()) {
        int number = sent.getAndIncrement();
        payload.putInt(0, number).putInt(PeerMessage.BLOCK_BYTES - 4, ~number);
        if (!link.send(new PeerMessage.Block(number, 0, payload))) {
          throw new AssertionError("refused after " + number);
        }
        mostQueued.accumulateAndGet(link.queuedBytes(), Math::max);
      }
      link.flush();
    }

    @Override
    protected void onWritable() {
      push();
    }
  }

  /** Takes numbered blocks and keeps count. */
  private static final class Sink extends RecordingListener {
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger wrong = new AtomicInteger();

    @Override
    protected void onMessage(PeerMessage message) {
      int number = next.getAndIncrement();
      boolean right =
          message instanceof PeerMessage.Block(int piece, int begin, ByteBuffer bytes)
              && piece == number
              && begin == 0
              && bytes.remaining() == PeerMessage.BLOCK_BYTES
              && bytes.getInt(0) == number
              && bytes.getInt(PeerMessage.BLOCK_BYTES - 4) == ~number;
      if (!right) {
        wrong.incrementAndGet();
      }
    }
  }

  @Test
  void twoHundredMegabytesFlowWithinTheBounds() throws Exception {
    try (WebrtcPair pair = new WebrtcPair(WebrtcLimits.DEFAULT)) {
      Ends ends = pair.connect();
      Sink sink = new Sink();
      Pump pump = new Pump(ends.ofOne(), BLOCKS);
      ends.ofTwo().start(sink);
      ends.ofOne().start(pump);

      pump.push();
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(() -> assertThat(sink.next).hasValue(BLOCKS));

      assertThat(sink.wrong).hasValue(0);
      assertThat(pump.writables()).as("times that it had to wait").isPositive();
      assertThat(pump.mostQueued.get())
          .isBetween(
              WebrtcLimits.DEFAULT.highWaterBytes(),
              WebrtcLimits.DEFAULT.highWaterBytes() + ChunkPool.CHUNK_BYTES);
      assertThat(pump.violations()).isEmpty();
      assertThat(sink.violations()).isEmpty();
      await().untilAsserted(() -> assertThat(ends.ofOne().queuedBytes()).isZero());
    }
  }

  @Test
  void bothDirectionsFlowAtOnce() throws Exception {
    try (WebrtcPair pair = new WebrtcPair(WebrtcLimits.DEFAULT)) {
      Ends ends = pair.connect();
      int blocks = 500;
      BothWays ofOne = new BothWays(ends.ofOne(), blocks);
      BothWays ofTwo = new BothWays(ends.ofTwo(), blocks);
      ends.ofOne().start(ofOne);
      ends.ofTwo().start(ofTwo);
      for (int i = 0; i < 20; i++) {
        ends.ofOne().send(new PeerMessage.Request(i, 0, PeerMessage.BLOCK_BYTES));
        ends.ofTwo().send(new PeerMessage.Request(i, 0, PeerMessage.BLOCK_BYTES));
      }
      ends.ofOne().flush();
      ends.ofTwo().flush();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(ofOne.got).hasValue(blocks);
                assertThat(ofTwo.got).hasValue(blocks);
              });
      assertThat(ofOne.violations()).isEmpty();
      assertThat(ofTwo.violations()).isEmpty();
    }
  }

  /** Answers requests from within the callback, and asks for the next block likewise. */
  private static final class BothWays extends RecordingListener {
    private final PeerLink link;
    private final int blocks;
    private final AtomicInteger asked = new AtomicInteger(20);
    final AtomicInteger got = new AtomicInteger();

    BothWays(PeerLink link, int blocks) {
      this.link = link;
      this.blocks = blocks;
    }

    @Override
    protected void onMessage(PeerMessage message) {
      switch (message) {
        case PeerMessage.Request(int piece, int begin, int length) ->
            link.send(new PeerMessage.Block(piece, begin, ByteBuffer.allocate(length)));
        case PeerMessage.Block _ -> {
          got.incrementAndGet();
          int next = asked.getAndIncrement();
          if (next < blocks) {
            link.send(new PeerMessage.Request(next, 0, PeerMessage.BLOCK_BYTES));
          }
        }
        default -> throw new AssertionError(message);
      }
      link.flush();
    }
  }

  @Test
  void aCutWireIsNoticedAndTheQueueStaysBounded() throws Exception {
    Limits limits = new Limits();
    limits.disconnectLimit = Duration.ofMillis(100);
    try (WebrtcPair pair = new WebrtcPair(limits.build())) {
      LocalOffer offer = pair.one.offer();
      try (UdpRelay relay = new UdpRelay(offer.sdp())) {
        String answer =
            pair.two
                .transport
                .answer(pair.two.endpoint(), pair.one.id, relay.forTwo(offer.sdp()))
                .get(10, TimeUnit.SECONDS);
        pair.one.transport.answered(
            WebrtcPair.TORRENT, pair.two.id, offer.offerId(), relay.forOne(answer));
        PeerLink ofOne = pair.one.link();
        RecordingListener heardByOne = new RecordingListener();
        Sink heardByTwo = new Sink();
        ofOne.start(heardByOne);
        PeerLink ofTwo = pair.two.link();
        ofTwo.start(heardByTwo);
        ofOne.send(new PeerMessage.Have(1));
        ofOne.flush();
        await().untilAsserted(() -> assertThat(heardByTwo.next).hasValue(1));

        relay.cut();
        PeerMessage block =
            new PeerMessage.Block(0, 0, ByteBuffer.allocateDirect(PeerMessage.BLOCK_BYTES));
        long taken = 0;
        while (ofOne.send(block)) {
          taken += ChunkPool.CHUNK_BYTES;
        }
        assertThat(taken)
            .as("what was taken before the link gave up")
            .isLessThanOrEqualTo(WebrtcLimits.DEFAULT.maxQueuedBytes() + 256 * 1024)
            .isGreaterThan(WebrtcLimits.DEFAULT.highWaterBytes());
        await().untilAsserted(() -> assertThat(heardByOne.closedFor()).isPresent());
        assertThat(heardByOne.closedFor().orElseThrow()).startsWith("the peer does not read");
        await().until(() -> pair.one.transport.counters().open() == 0);

        // The other side sends nothing; it has only ICE to tell it.
        await()
            .atMost(Duration.ofSeconds(40))
            .untilAsserted(() -> assertThat(heardByTwo.closedFor()).isPresent());
        assertThat(heardByTwo.closedFor()).contains("no contact with the peer");
        assertThat(ofTwo.send(new PeerMessage.Have(2))).isFalse();
      }
    }
  }

  @Test
  void receivedMessagesLeaveNothingBehind() throws Exception {
    int messages = 20_000;
    try (WebrtcPair.Side side = new WebrtcPair.Side(WebrtcLimits.DEFAULT, 1);
        RawPeer raw = new RawPeer()) {
      LocalOffer offer = side.offer();
      side.transport.answered(
          WebrtcPair.TORRENT, RawPeer.ID, offer.offerId(), raw.answer(offer.sdp()));
      raw.shakeHands();
      AtomicInteger heard = new AtomicInteger();
      side.link()
          .start(
              new RecordingListener() {
                @Override
                protected void onMessage(PeerMessage message) {
                  heard.incrementAndGet();
                }
              });
      long before = Heap.instances("java.nio.DirectByteBuffer");
      byte[] keepAlive = new byte[4];
      for (int sent = 0; sent < messages; sent++) {
        // One data-channel message each, which is what the library's own bridge leaks for.
        raw.send(keepAlive);
      }
      await().untilAsserted(() -> assertThat(heard).hasValue(messages));
      assertThat(Heap.instances("java.nio.DirectByteBuffer") - before).isLessThan(1000);
    }
  }
}
