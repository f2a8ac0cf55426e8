package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.transport.PeerLink;
import io.sluice.transport.RecordingListener;
import io.sluice.transport.webrtc.WebrtcPair.Ends;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
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

      long begun = System.nanoTime();
      pump.push();
      await()
          .atMost(Duration.ofSeconds(120))
          .untilAsserted(() -> assertThat(sink.next).hasValue(BLOCKS));
      System.out.printf("MB/s %.1f, most queued %d, writables %d%n", BLOCKS * 16384e3 / (System.nanoTime() - begun), pump.mostQueued.get(), pump.writables());

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
}
