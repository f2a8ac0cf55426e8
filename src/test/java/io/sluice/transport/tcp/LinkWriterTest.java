package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import io.sluice.wire.PeerMessageDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class LinkWriterTest {

  private static final TcpLimits LIMITS = TcpLimits.DEFAULT;
  private static final PeerMessage BLOCK =
      new PeerMessage.Block(1, 2, ByteBuffer.allocate(PeerMessage.BLOCK_BYTES));
  private static final int BLOCK_BYTES = PeerMessageCodec.encodedBytes(BLOCK);

  /** Takes as many bytes at a time as the test says. */
  private static final class Sink implements GatheringByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final Random random;
    private int writes;
    private int mostBuffers;
    private boolean broken;

    Sink(Random random) {
      this.random = random;
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
      if (broken) {
        throw new IOException("a fault that this test put here");
      }
      writes++;
      mostBuffers = Math.max(mostBuffers, length);
      int may = 1 + random.nextInt(100_000);
      long done = 0;
      for (ByteBuffer buffer : Arrays.copyOfRange(buffers, offset, offset + length)) {
        byte[] part = new byte[(int) Math.min(buffer.remaining(), may - done)];
        buffer.get(part);
        taken.writeBytes(part);
        done += part.length;
      }
      return done;
    }

    @Override
    public long write(ByteBuffer[] buffers) throws IOException {
      return write(buffers, 0, buffers.length);
    }

    @Override
    public int write(ByteBuffer buffer) throws IOException {
      return (int) write(new ByteBuffer[] {buffer}, 0, 1);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** A writer, what it writes to, and what it had to say. */
  private static final class Bench implements LinkWriter.Owner {
    final Sink sink;
    final PeerOutput out;
    final Queue<Runnable> threads = new ArrayDeque<>();
    final LinkWriter writer;
    final List<String> failures = new ArrayList<>();
    int writables;

    Bench(Random random, Executor executor) {
      sink = new Sink(random);
      out = new PeerOutput(sink);
      writer =
          new LinkWriter(
              out, new BufferPool(Buffers.CHUNK_BYTES, false, 64), LIMITS, executor, this, false);
    }

    Bench(Random random) {
      this(random, false);
    }

    Bench(Random random, boolean held) {
      sink = new Sink(random);
      out = new PeerOutput(sink);
      writer =
          new LinkWriter(
              out,
              new BufferPool(Buffers.CHUNK_BYTES, false, 64),
              LIMITS,
              threads::add,
              this,
              held);
    }

    /** What was sent goes out. */
    void runThreads() {
      writer.flush();
      while (!threads.isEmpty()) {
        threads.remove().run();
      }
    }

    @Override
    public void writable() {
      writables++;
    }

    @Override
    public void writeFailed(String reason) {
      failures.add(reason);
      writer.stop();
    }
  }

  @Test
  void whateverIsSentArrivesInOrderEncryptedOrNot() {
    SeededCases.run(
        60,
        random -> {
          Bench bench = new Bench(random);
          byte[] key = new byte[20];
          random.nextBytes(key);
          boolean encrypted = random.nextBoolean();
          if (encrypted) {
            bench.out.encrypt(new Rc4(key));
          }
          List<PeerMessage> sent = new ArrayList<>();
          for (int i = random.nextInt(200); i >= 0; i--) {
            PeerMessage message = message(random);
            if (bench.writer.queuedBytes() < LIMITS.maxQueuedBytes() / 2) {
              assertThat(bench.writer.send(message)).isTrue();
              sent.add(message);
            }
            if (random.nextInt(10) == 0) {
              bench.runThreads();
              assertThat(bench.writer.queuedBytes()).isZero();
            }
          }
          bench.runThreads();
          byte[] bytes = bench.sink.taken.toByteArray();
          List<PeerMessage> heard = new ArrayList<>();
          new PeerMessageDecoder(1 << 20)
              .feed(ByteBuffer.wrap(encrypted ? new Rc4(key).apply(bytes) : bytes), heard::add);
          assertThat(heard).isEqualTo(sent);
          assertThat(bench.writer.queuedBytes()).isZero();
          assertThat(bench.failures).isEmpty();
        });
  }

  private static PeerMessage message(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> new PeerMessage.KeepAlive();
      case 1 -> new PeerMessage.Have(random.nextInt(1_000));
      case 2 -> new PeerMessage.Request(random.nextInt(1_000), 0, PeerMessage.BLOCK_BYTES);
      case 3 -> new PeerMessage.Bitfield(bytes(random, random.nextInt(100_000)));
      case 4 -> new PeerMessage.Extended(3, bytes(random, random.nextInt(20_000)));
      default ->
          new PeerMessage.Block(
              random.nextInt(1_000), 0, bytes(random, 1 + random.nextInt(PeerMessage.BLOCK_BYTES)));
    };
  }

  private static ByteBuffer bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void smallMessagesGoTogetherAndBlocksInBatches() {
    Bench bench = new Bench(new Random(1));
    for (int i = 0; i < 500; i++) {
      var _ = bench.writer.send(new PeerMessage.Have(i));
    }
    assertThat(bench.threads).as("threads before the flush").isEmpty();
    bench.writer.flush();
    bench.writer.flush();
    assertThat(bench.threads).as("threads for 500 messages").hasSize(1);
    bench.runThreads();
    assertThat(bench.sink.mostBuffers).isEqualTo(1);
    assertThat(bench.sink.writes).isLessThan(10);

    for (int i = 0; i < 10; i++) {
      var _ = bench.writer.send(BLOCK);
    }
    bench.runThreads();
    assertThat(bench.sink.mostBuffers).isEqualTo(10);
  }

  @Test
  void whatIsEnoughForOneWriteDoesNotWaitForTheFlush() {
    Bench bench = new Bench(new Random(1));
    int sent = 0;
    while (bench.threads.isEmpty()) {
      assertThat(bench.writer.send(BLOCK)).isTrue();
      sent++;
    }
    assertThat(sent).isBetween(2, 16);
  }

  @Test
  void aSentPayloadMayBeOverwritten() {
    Bench bench = new Bench(new Random(1));
    byte[] payload = new byte[PeerMessage.BLOCK_BYTES];
    var _ = bench.writer.send(new PeerMessage.Block(0, 0, ByteBuffer.wrap(payload)));
    Arrays.fill(payload, (byte) 1);
    bench.runThreads();
    byte[] sent = bench.sink.taken.toByteArray();
    assertThat(Arrays.copyOfRange(sent, 13, sent.length)).containsOnly(0);
  }

  @Test
  void whatIsHeldGoesOutTogetherOnceItIsReleased() {
    Bench bench = new Bench(new Random(1), true);
    for (int i = 0; i < 3; i++) {
      assertThat(bench.writer.send(new PeerMessage.Have(i))).isTrue();
    }
    bench.writer.flush();
    assertThat(bench.threads).isEmpty();
    assertThat(bench.writer.queuedBytes()).isEqualTo(27);
    bench.writer.release();
    bench.writer.release();
    assertThat(bench.threads).hasSize(1);
    bench.runThreads();
    assertThat(bench.sink.taken.size()).isEqualTo(27);
    assertThat(bench.writer.send(new PeerMessage.Have(3))).isTrue();
    bench.runThreads();
    assertThat(bench.sink.taken.size()).isEqualTo(36);
  }

  @Test
  void saysWhenThereIsRoomAgainAndOnlyThen() {
    Bench bench = new Bench(new Random(1));
    var _ = bench.writer.send(BLOCK);
    bench.runThreads();
    assertThat(bench.writables).as("nobody was told that there is none").isZero();

    while (bench.writer.writable()) {
      assertThat(bench.writer.send(BLOCK)).isTrue();
    }
    assertThat(bench.writer.queuedBytes())
        .isBetween(LIMITS.highWaterBytes(), LIMITS.highWaterBytes() + BLOCK_BYTES);
    assertThat(bench.writables).isZero();
    bench.runThreads();
    assertThat(bench.writables).isEqualTo(1);
    assertThat(bench.writer.writable()).isTrue();
  }

  @Test
  void aPeerThatDoesNotReadIsGivenUp() {
    Bench bench = new Bench(new Random(1));
    long taken = 0;
    while (bench.writer.send(BLOCK)) {
      taken += BLOCK_BYTES;
    }
    assertThat(taken).isBetween(LIMITS.maxQueuedBytes() - BLOCK_BYTES, LIMITS.maxQueuedBytes());
    assertThat(bench.failures).hasSize(1);
    assertThat(bench.writer.queuedBytes()).isZero();
    assertThat(bench.writer.writable()).isFalse();
    assertThat(bench.writer.send(new PeerMessage.KeepAlive())).isFalse();
    bench.runThreads();
    assertThat(bench.sink.writes).isZero();
  }

  @Test
  void aBrokenConnectionIsSaidOnce() {
    Bench bench = new Bench(new Random(1));
    bench.sink.broken = true;
    assertThat(bench.writer.send(BLOCK)).isTrue();
    bench.runThreads();
    assertThat(bench.failures).containsExactly("the connection broke");
    assertThat(bench.writer.send(BLOCK)).isFalse();
    assertThat(bench.failures).hasSize(1);
  }

  @Test
  void nothingIsTakenOnceThereAreNoThreads() {
    Bench bench =
        new Bench(
            new Random(1),
            _ -> {
              throw new RejectedExecutionException("closing");
            });
    assertThat(bench.writer.send(BLOCK)).isTrue();
    bench.writer.flush();
    assertThat(bench.failures).containsExactly("the transport was closed");
    assertThat(bench.writer.send(BLOCK)).isFalse();
  }
}
