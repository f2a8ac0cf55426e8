package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** The memory tier: pieces found by two threads at once, and pieces that make others leave. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CacheBench {

  private static final InfoHash TORRENT = InfoHash.of(new byte[20]);
  private static final int PIECES = 4096;
  private static final int PIECE_BYTES = 16 * 1024;

  private final PieceCache held = filled(2 * PIECES);
  private final PieceCache full = filled(PIECES / 2);

  private static PieceCache filled(int pieces) {
    PieceCache cache =
        new PieceCache(CacheLimits.ofMemory((long) pieces * PIECE_BYTES), Runnable::run);
    for (int piece = 0; piece < PIECES; piece++) {
      cache.put(new PieceKey(TORRENT, piece), Piece.allocate(PIECE_BYTES));
    }
    return cache;
  }

  /** Each thread's own chance. */
  @State(Scope.Thread)
  public static class Chance {
    SplittableRandom random = new SplittableRandom(1);
    int next;

    @Setup
    public void seed() {
      random = new SplittableRandom(Thread.currentThread().threadId());
    }
  }

  @Benchmark
  @Threads(2)
  public int find(Chance chance) {
    Piece piece = held.find(new PieceKey(TORRENT, chance.random.nextInt(PIECES))).orElseThrow();
    int length = piece.length();
    piece.release();
    return length;
  }

  @Benchmark
  public void putAndEvict(Chance chance) {
    full.put(new PieceKey(TORRENT, PIECES + chance.next++ % (4 * PIECES)), Piece.allocate(PIECE_BYTES));
  }

  @TearDown
  public void close() {
    held.close();
    full.close();
  }
}
