package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.LeakCheck;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises of {@link PieceStore}, one by one, on one thread. */
@ExtendWith(LeakCheck.class)
final class PieceCacheTest {

  private static final int PIECE_BYTES = 1000;
  private static final InfoHash HASH = InfoHash.parse("00".repeat(20));
  private static final InfoHash OTHER = InfoHash.parse("ff".repeat(20));

  /** Loads that have been submitted and wait for {@link #runLoads}. */
  private final ArrayDeque<Runnable> loads = new ArrayDeque<>();

  private final PieceCache cache = cache(10, 5);

  @AfterEach
  void close() {
    cache.close();
    runLoads();
  }

  private PieceCache cache(int pieces, int recentPieces) {
    return new PieceCache(
        new CacheLimits((long) pieces * PIECE_BYTES, (long) recentPieces * PIECE_BYTES, 100, 2),
        loads::add);
  }

  private void runLoads() {
    while (!loads.isEmpty()) {
      loads.remove().run();
    }
  }

  private static PieceKey key(int piece) {
    return new PieceKey(HASH, piece);
  }

  private static Piece piece() {
    return Piece.allocate(PIECE_BYTES);
  }

  /** Takes the piece out of a completed future and gives it back; returns it to compare. */
  private static Piece received(CompletableFuture<Piece> future) {
    Piece piece = future.getNow(null);
    assertThat(piece).as("the piece has come").isNotNull();
    piece.release();
    return piece;
  }

  /** A source that has some pieces and counts what is asked of it. */
  private static final class Source implements PieceSource {
    final BitSet has = new BitSet();
    final List<Integer> asked = new ArrayList<>();
    boolean failing;

    @Override
    public boolean has(int piece) {
      return has.get(piece);
    }

    @Override
    public Piece load(int piece) throws IOException {
      asked.add(piece);
      if (failing) {
        throw new IOException("the disk is tired");
      }
      return piece();
    }
  }

  private boolean find(int piece) {
    return cache.find(key(piece)).map(PieceCacheTest::giveBack).orElse(false);
  }

  private static boolean giveBack(Piece piece) {
    piece.release();
    return true;
  }

  private static void assertUnavailable(CompletableFuture<Piece> future, String reason) {
    assertThat(future).isCompletedExceptionally();
    assertThatThrownBy(future::join)
        .hasCauseInstanceOf(PieceUnavailableException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void findsWhatWasPut() {
    assertThat(find(1)).isFalse();
    assertThat(cache.contains(key(1))).isFalse();
    cache.put(key(1), piece());
    assertThat(cache.contains(key(1))).isTrue();
    assertThat(find(1)).isTrue();
    assertThat(find(2)).isFalse();
    assertThat(cache.memoryBytes()).isEqualTo(PIECE_BYTES);
    assertThat(cache.memoryLimitBytes()).isEqualTo(10 * PIECE_BYTES);
  }

  @Test
  void keepsTheFirstOfTwo() {
    Piece first = piece();
    Piece second = piece();
    cache.put(key(1), first);
    cache.put(key(1), second);
    assertThat(received(cache.await(key(1)))).isSameAs(first);
    assertThatThrownBy(second::bytes).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void awaitCompletesAtOnceWithWhatIsHere() {
    Piece piece = piece();
    cache.put(key(1), piece);
    assertThat(received(cache.await(key(1)))).isSameAs(piece);
  }

  @Test
  void handsAPutPieceToAllWhoWait() {
    CompletableFuture<Piece> one = cache.await(key(1));
    CompletableFuture<Piece> two = cache.await(key(1));
    CompletableFuture<Piece> other = cache.await(key(2));
    Piece piece = piece();
    cache.put(key(1), piece);
    assertThat(received(one)).isSameAs(piece);
    assertThat(received(two)).isSameAs(piece);
    assertThat(other).isNotDone();
  }

  @Test
  void aPieceThatTheCacheCannotKeepStillReachesWhoWaits() {
    PieceCache tiny = new PieceCache(new CacheLimits(10, 5, 10, 1), loads::add);
    List<Integer> evicted = new ArrayList<>();
    tiny.register(HASH, PieceSource.NONE, evicted::add);
    CompletableFuture<Piece> waiting = tiny.await(key(1));
    tiny.put(key(1), piece());
    assertThat(tiny.contains(key(1))).isFalse();
    assertThat(tiny.memoryBytes()).isZero();
    assertThat(evicted).containsExactly(1);
    received(waiting);
    tiny.close();
  }

  @Test
  void cancellingEndsOneWaitOnly() {
    CompletableFuture<Piece> leaving = cache.await(key(1));
    CompletableFuture<Piece> staying = cache.await(key(1));
    leaving.cancel(false);
    cache.put(key(1), piece());
    received(staying);
    assertThat(leaving).isCancelled();
  }

  @Test
  void completingAFutureOneselfEndsTheWaitToo() {
    Piece mine = piece();
    CompletableFuture<Piece> future = cache.await(key(1));
    future.complete(mine);
    cache.put(key(1), piece());
    assertThat(received(future)).isSameAs(mine);
  }

  @Test
  void aFutureThatTimesOutGetsNothing() {
    CompletableFuture<Piece> future = cache.await(key(1)).orTimeout(1, TimeUnit.MILLISECONDS);
    assertThatThrownBy(future::join).hasCauseInstanceOf(TimeoutException.class);
    cache.put(key(1), piece());
  }

  @Test
  void giveUpFailsThoseWhoWaitNowAndNobodyLater() {
    CompletableFuture<Piece> one = cache.await(key(1));
    CompletableFuture<Piece> other = cache.await(key(2));
    cache.giveUp(key(1), "nobody has it");
    assertUnavailable(one, "nobody has it");
    assertThat(other).isNotDone();
    CompletableFuture<Piece> later = cache.await(key(1));
    cache.put(key(1), piece());
    received(later);
    cache.giveUp(key(3), "nobody asked");
  }

  @Test
  void loadsOnceForAllWhoWait() {
    Source source = new Source();
    source.has.set(1);
    cache.register(HASH, source, _ -> {});
    List<CompletableFuture<Piece>> waiting =
        IntStream.range(0, 5).mapToObj(_ -> cache.await(key(1))).toList();
    assertThat(loads).hasSize(1);
    runLoads();
    waiting.forEach(PieceCacheTest::received);
    assertThat(source.asked).containsExactly(1);
    assertThat(cache.contains(key(1))).isTrue();
  }

  @Test
  void doesNotLoadWhatTheSourceLacks() {
    cache.register(HASH, new Source(), _ -> {});
    CompletableFuture<Piece> waiting = cache.await(key(1));
    assertThat(loads).isEmpty();
    assertThat(waiting).isNotDone();
  }

  @Test
  void aFailingLoadFailsThoseWhoWaitAndIsTriedAgainForTheNext() {
    Source source = new Source();
    source.has.set(1);
    source.failing = true;
    cache.register(HASH, source, _ -> {});
    CompletableFuture<Piece> one = cache.await(key(1));
    CompletableFuture<Piece> two = cache.await(key(1));
    runLoads();
    assertUnavailable(one, "the disk is tired");
    assertUnavailable(two, "piece 1 cannot be read");
    source.failing = false;
    CompletableFuture<Piece> next = cache.await(key(1));
    runLoads();
    received(next);
    assertThat(source.asked).containsExactly(1, 1);
  }

  @Test
  void aSourceThatBreaksDownFailsThoseWhoWait() {
    PieceSource broken =
        new PieceSource() {
          @Override
          public boolean has(int piece) {
            return true;
          }

          @Override
          public Piece load(int piece) {
            throw new AssertionError("a defect");
          }
        };
    cache.register(HASH, broken, _ -> {});
    CompletableFuture<Piece> waiting = cache.await(key(1));
    assertThatThrownBy(this::runLoads).hasMessage("a defect");
    assertUnavailable(waiting, "cannot be read");
  }

  @Test
  void loadsNoMoreAtOnceThanTheBound() {
    Source source = new Source();
    source.has.set(0, 10);
    cache.register(HASH, source, _ -> {});
    List<CompletableFuture<Piece>> waiting =
        IntStream.range(0, 4).mapToObj(piece -> cache.await(key(piece))).toList();
    assertThat(loads).hasSize(2);
    loads.remove().run();
    assertThat(loads).hasSize(2);
    runLoads();
    waiting.forEach(PieceCacheTest::received);
  }

  @Test
  void aLoadThatNobodyWaitsForAnyMoreIsNotBegun() {
    Source source = new Source();
    source.has.set(0, 10);
    cache.register(HASH, source, _ -> {});
    CompletableFuture<Piece> first = cache.await(key(0));
    CompletableFuture<Piece> second = cache.await(key(1));
    cache.await(key(2)).cancel(false);
    runLoads();
    received(first);
    received(second);
    assertThat(source.asked).containsExactly(0, 1);
  }

  @Test
  void aLoadThatHasBegunIsKeptThoughNobodyWaits() {
    Source source = new Source();
    source.has.set(1);
    cache.register(HASH, source, _ -> {});
    cache.await(key(1)).cancel(false);
    assertThat(loads).hasSize(1);
    CompletableFuture<Piece> again = cache.await(key(1));
    assertThat(loads).as("shared with the load that is under way").hasSize(1);
    again.cancel(false);
    runLoads();
    assertThat(cache.contains(key(1))).isTrue();
    assertThat(source.asked).containsExactly(1);
  }

  @Test
  void aPutOvertakesALoad() {
    Source source = new Source();
    source.has.set(1);
    cache.register(HASH, source, _ -> {});
    CompletableFuture<Piece> waiting = cache.await(key(1));
    Piece put = piece();
    cache.put(key(1), put);
    assertThat(received(waiting)).isSameAs(put);
    runLoads();
    assertThat(received(cache.await(key(1)))).isSameAs(put);
  }

  @Test
  void aNewSourceDoesNotStrandThoseWhoWaitForTheOld() {
    Source source = new Source();
    source.has.set(1);
    cache.register(HASH, source, _ -> {});
    CompletableFuture<Piece> waiting = cache.await(key(1));
    cache.register(HASH, PieceSource.NONE, _ -> {});
    runLoads();
    received(waiting);
  }

  @Test
  void aLoaderThatRefusesFailsThoseWhoWait() {
    PieceCache stopping =
        new PieceCache(
            CacheLimits.ofMemory(PIECE_BYTES),
            _ -> {
              throw new RejectedExecutionException();
            });
    Source source = new Source();
    source.has.set(1);
    stopping.register(HASH, source, _ -> {});
    assertUnavailable(stopping.await(key(1)), "stopping");
    stopping.close();
  }

  @Test
  void staysWithinItsBoundAndTellsOfWhatLeft() {
    List<Integer> evicted = new ArrayList<>();
    Source source = new Source();
    source.has.set(0, 5);
    cache.register(HASH, source, evicted::add);
    for (int piece = 0; piece < 50; piece++) {
      cache.put(key(piece), piece());
      assertThat(cache.memoryBytes()).isLessThanOrEqualTo(10 * PIECE_BYTES);
    }
    List<Integer> gone =
        IntStream.range(0, 50).filter(piece -> !cache.contains(key(piece))).boxed().toList();
    assertThat(gone).hasSize(40);
    assertThat(evicted)
        .as("each once, and none that the source still has")
        .containsExactlyInAnyOrderElementsOf(gone.stream().filter(piece -> piece >= 5).toList());
    assertThat(gone).as("the case above has happened").anyMatch(piece -> piece < 5);
  }

  @Test
  void aListenerThatThrowsDisturbsNobody() {
    List<Integer> told = new ArrayList<>();
    cache.register(
        HASH,
        PieceSource.NONE,
        piece -> {
          told.add(piece);
          throw new IllegalStateException("a listener's defect");
        });
    for (int piece = 0; piece < 11; piece++) {
      cache.put(key(piece), piece());
    }
    assertThat(told).hasSize(1);
    assertThat(cache.memoryBytes()).isEqualTo(10 * PIECE_BYTES);
  }

  @Test
  void whatIsReadAheadIsStillThereWhenItsTurnComes() {
    PieceCache small = cache(12, 9);
    // A film longer than the cache, after another that filled it and was seen often.
    for (int turn = 0; turn < 60; turn++) {
      watch(small, new PieceKey(OTHER, turn % 12));
    }
    int ahead = 4;
    for (int piece = 0; piece < 200; piece++) {
      small.put(key(piece), piece());
      if (piece >= ahead) {
        assertThat(watch(small, key(piece - ahead))).as("piece %d, read ahead", piece).isTrue();
      }
    }
    small.close();
  }

  @Test
  void aLongFilmDoesNotWashOutWhatManyComeBackFor() {
    PieceCache large = cache(40, 20);
    int next = 0;
    int hits = 0;
    for (int round = 0; round < 20; round++) {
      hits += watch(large, new PieceKey(OTHER, 0)) ? 1 : 0;
      hits += watch(large, new PieceKey(OTHER, 1)) ? 1 : 0;
      // More than the cache holds: by recency alone there would be no hit at all.
      for (int i = 0; i < 50; i++) {
        large.put(key(next++), piece());
      }
    }
    assertThat(hits).isGreaterThanOrEqualTo(30);
    large.close();
  }

  /** Uses a piece, and fetches it when it is not here; returns whether it was. */
  private static boolean watch(PieceCache cache, PieceKey key) {
    Optional<Piece> found = cache.find(key);
    found.ifPresentOrElse(Piece::release, () -> cache.put(key, piece()));
    return found.isPresent();
  }

  @Test
  void forgettingDropsOneTorrentWhole() {
    List<Integer> evicted = new ArrayList<>();
    cache.register(HASH, PieceSource.NONE, evicted::add);
    for (int piece = 0; piece < 7; piece++) {
      cache.put(key(piece), piece());
    }
    cache.put(new PieceKey(OTHER, 0), piece());
    CompletableFuture<Piece> mine = cache.await(key(10));
    CompletableFuture<Piece> others = cache.await(new PieceKey(OTHER, 10));
    cache.forget(HASH);
    assertUnavailable(mine, "removed");
    assertThat(others).isNotDone();
    assertThat(cache.memoryBytes()).isEqualTo(PIECE_BYTES);
    assertThat(cache.contains(new PieceKey(OTHER, 0))).isTrue();
    assertThat(evicted).isEmpty();
  }

  @Test
  void aLoadForAForgottenTorrentIsNotKept() {
    Source source = new Source();
    source.has.set(1);
    cache.register(HASH, source, _ -> {});
    CompletableFuture<Piece> waiting = cache.await(key(1));
    cache.forget(HASH);
    assertUnavailable(waiting, "removed");
    runLoads();
    assertThat(source.asked).containsExactly(1);
    assertThat(cache.contains(key(1))).isFalse();
  }

  @Test
  void refusesMoreWaitersThanTheBound() {
    List<CompletableFuture<Piece>> waiting =
        IntStream.range(0, 100).mapToObj(piece -> cache.await(key(piece))).toList();
    assertUnavailable(cache.await(key(0)), "too many");
    waiting.getFirst().cancel(false);
    assertThat(cache.await(key(1))).isNotDone();
  }

  @Test
  void closingReleasesEverythingAndFailsThoseWhoWait() {
    cache.register(HASH, new Source(), _ -> {});
    for (int piece = 0; piece < 7; piece++) {
      cache.put(key(piece), piece());
    }
    CompletableFuture<Piece> waiting = cache.await(key(10));
    cache.close();
    assertUnavailable(waiting, "stopping");
    assertUnavailable(cache.await(key(11)), "stopping");
    assertThat(find(1)).isFalse();
    assertThat(cache.memoryBytes()).isZero();
    Piece late = piece();
    cache.put(key(1), late);
    assertThatThrownBy(late::bytes).isInstanceOf(IllegalStateException.class);
    cache.close();
  }

  @Test
  void aWaitersContinuationMayUseTheCache() {
    List<Boolean> found = new ArrayList<>();
    CompletableFuture<Void> chain =
        cache
            .await(key(1))
            .thenAccept(
                piece -> {
                  piece.release();
                  found.add(find(1));
                  cache.put(key(2), piece());
                });
    cache.put(key(1), piece());
    assertThat(chain).isCompleted();
    assertThat(found).containsExactly(true);
    assertThat(cache.contains(key(2))).isTrue();
  }
}
