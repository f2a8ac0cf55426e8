package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.LeakCheck;
import io.sluice.wire.InfoHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Readers, loads, puts, evictions, cancels and forgetting at once; nothing may leak or mix up. */
@ExtendWith(LeakCheck.class)
final class PieceCacheStressTest {

  private static final int PIECES = 40;
  private static final int PIECE_BYTES = 512;
  private static final InfoHash HASH = InfoHash.parse("ab".repeat(20));
  private static final InfoHash OTHER = InfoHash.parse("cd".repeat(20));
  private static final long SEED = 20260101;

  private static Piece piece(int number) {
    Piece piece = Piece.allocate(PIECE_BYTES);
    ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES);
    while (bytes.hasRemaining()) {
      bytes.putInt(number);
    }
    piece.write(0, bytes.flip());
    return piece;
  }

  private static void checkAndRelease(Piece piece, int number) {
    ByteBuffer bytes = piece.bytes();
    while (bytes.hasRemaining()) {
      assertThat(bytes.getInt()).isEqualTo(number);
    }
    piece.release();
  }

  /** Even pieces come from the source, odd ones are put; loads overlap never for one piece. */
  private static final class Source implements PieceSource {
    final AtomicIntegerArray loading = new AtomicIntegerArray(PIECES);
    final AtomicInteger overlapping = new AtomicInteger();
    final AtomicInteger loaded = new AtomicInteger();

    @Override
    public boolean has(int piece) {
      return piece % 2 == 0;
    }

    @Override
    public Piece load(int piece) {
      if (loading.getAndIncrement(piece) != 0) {
        overlapping.incrementAndGet();
      }
      LockSupport.parkNanos(1_000);
      loaded.incrementAndGet();
      Piece bytes = piece(piece);
      loading.getAndDecrement(piece);
      return bytes;
    }
  }

  @Test
  void manyReadersShareLoadsAndLeakNothing() throws Exception {
    Source source = new Source();
    AtomicLong evicted = new AtomicLong();
    AtomicLong cancelled = new AtomicLong();
    AtomicLong read = new AtomicLong();
    try (ExecutorService loader = Executors.newFixedThreadPool(2);
        ExecutorService actors = Executors.newVirtualThreadPerTaskExecutor()) {
      PieceCache cache =
          new PieceCache(new CacheLimits(12 * PIECE_BYTES, 6 * PIECE_BYTES, 1000, 3), loader);
      cache.register(HASH, source, _ -> evicted.incrementAndGet());
      List<Future<?>> running = new ArrayList<>();
      for (int actor = 0; actor < 12; actor++) {
        SplittableRandom random = new SplittableRandom(SEED + actor);
        running.add(
            actors.submit(
                () -> {
                  for (int turn = 0; turn < 1500; turn++) {
                    act(cache, random, cancelled, read);
                  }
                }));
      }
      for (Future<?> actor : running) {
        actor.get(60, TimeUnit.SECONDS);
      }
      assertThat(cache.memoryBytes()).isBetween(1L, 12L * PIECE_BYTES);
      cache.close();
    }
    assertThat(source.overlapping).as("loads of one piece at the same time").hasValue(0);
    // The faults must have happened, or this test shows nothing.
    assertThat(source.loaded.get()).isPositive();
    assertThat(evicted.get()).isPositive();
    assertThat(cancelled.get()).isPositive();
    assertThat(read.get()).isPositive();
  }

  private static void act(
      PieceCache cache, SplittableRandom random, AtomicLong cancelled, AtomicLong read) {
    int number = random.nextInt(PIECES);
    PieceKey key = new PieceKey(HASH, number);
    switch (random.nextInt(10)) {
      // Odd ones only: a put that overtakes a load allows a second load of the piece beside it.
      case 0 -> cache.put(new PieceKey(HASH, number | 1), piece(number | 1));
      case 1 ->
          cache
              .find(key)
              .ifPresent(
                  piece -> {
                    checkAndRelease(piece, number);
                    read.incrementAndGet();
                  });
      case 2 -> cache.giveUp(key, "not today");
      case 3 -> cache.put(new PieceKey(OTHER, number), piece(number));
      case 4 -> cache.forget(OTHER);
      default -> {
        CompletableFuture<Piece> waiting = cache.await(key);
        CompletableFuture<Void> done =
            waiting.thenAccept(
                piece -> {
                  checkAndRelease(piece, number);
                  read.incrementAndGet();
                });
        if (random.nextBoolean()) {
          LockSupport.parkNanos(1_000);
        }
        if (random.nextInt(4) != 0) {
          if (waiting.cancel(false)) {
            cancelled.incrementAndGet();
          }
        } else if (number % 2 == 1) {
          cache.put(key, piece(number));
        }
        if (waiting.isDone() && !waiting.isCompletedExceptionally()) {
          done.join(); // Not before: a giveUp may have failed it.
        }
      }
    }
  }
}
