package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.library.FakeOpener.FakeSession;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When torrents go to rest and what wakes them, by a clock of the test's own. */
final class DormancyTest {

  private static final LibraryLimits LIMITS = LibraryLimits.DEFAULT.within(100, 1_000_000);

  private final FakeOpener opener = new FakeOpener();
  private final FakeHoldings holdings = new FakeHoldings(1_000_000);
  private final AtomicLong nanos = new AtomicLong();

  // Not begun: the test takes the turns.
  private final Library library =
      new Library(opener, LibraryStore.NONE, holdings, LIMITS, Clock.systemUTC(), nanos::get);

  @AfterEach
  void close() {
    library.close();
  }

  private KnownTorrent awake(TorrentSource source) {
    KnownTorrent torrent = library.add(source).torrent();
    await().until(() -> torrent.swarm().awake());
    return torrent;
  }

  private void after(Duration time) {
    nanos.addAndGet(time.toNanos());
    library.sweep();
  }

  private FakeSession session(KnownTorrent torrent) {
    return opener.session(torrent.infoHash());
  }

  @Test
  void restsWhenNobodyUsesIt() {
    KnownTorrent torrent = awake(TestSources.ofLength(100));
    after(LIMITS.rest().minusSeconds(1));
    assertThat(torrent.swarm().awake()).isTrue();
    after(Duration.ofSeconds(1));
    assertThat(torrent.swarm().awake()).isFalse();
    assertThat(session(torrent).closed).isTrue();
    assertThat(library.awake()).isZero();
    assertThat(torrent.swarm().quiet()).isTrue();
  }

  @Test
  void staysAwakeForReadersAndPeersAndForWhatWouldBeLost() {
    KnownTorrent torrent = awake(TestSources.ofLength(100));
    session(torrent).status = FakeSession.status(true, 0, 0, 0, 1);
    after(LIMITS.rest().multipliedBy(2));
    session(torrent).status = FakeSession.status(true, 0, 0, 1, 0);
    after(LIMITS.rest().multipliedBy(2));
    holdings.problem = Optional.of("the disk is full");
    session(torrent).status = FakeSession.status(true, 50, 0, 0, 0);
    after(LIMITS.rest().multipliedBy(2));
    assertThat(torrent.swarm().awake()).isTrue();
    holdings.held.put(torrent.infoHash(), 50L);
    after(Duration.ofSeconds(1));
    assertThat(torrent.swarm().awake()).isFalse();
  }

  @Test
  void fetchesNothingThatNoDiskTakes() {
    KnownTorrent torrent = awake(TestSources.ofLength(100).withPolicy(Policy.KEPT));
    assertThat(session(torrent).fetchesWhole()).isTrue();
    holdings.problem = Optional.of("the disk is full");
    after(Duration.ofSeconds(1));
    assertThat(session(torrent).fetchesWhole()).isFalse();
    assertThat(torrent.wants()).isFalse();
    assertThat(torrent.problem()).contains("the disk is full");
    holdings.problem = Optional.empty();
    after(Duration.ofSeconds(1));
    assertThat(session(torrent).fetchesWhole()).isTrue();
  }

  @Test
  void countsOnOverItsSessions() {
    KnownTorrent torrent = awake(TestSources.ofLength(100));
    session(torrent).status = FakeSession.status(true, 0, 30, 0, 0);
    after(LIMITS.rest());
    assertThat(torrent.counters().uploaded()).isEqualTo(30);
    torrent.swarm().wake().join();
    session(torrent).status = FakeSession.status(true, 0, 12, 0, 0);
    assertThat(torrent.swarm().status().uploaded()).isEqualTo(42);
    assertThat(torrent.counters().downloaded()).isEqualTo(42);
  }

  @Test
  void wakesForAViewerWhoIsCountedOnceInAWhile() {
    KnownTorrent torrent = awake(TestSources.ofLength(100));
    after(LIMITS.rest());
    assertThat(torrent.use().join().infoHash()).isEqualTo(torrent.infoHash());
    assertThat(torrent.use()).isCompleted();
    assertThat(torrent.swarm().awake()).isTrue();
    assertThat(opener.started).hasSize(2);
    assertThat(torrent.counters().views()).isEqualTo(1);
  }

  @Test
  void wakesOnceForAllWhoAskAtATime() {
    KnownTorrent torrent = awake(TestSources.ofLength(100));
    after(LIMITS.rest());
    var first = torrent.swarm().wake();
    var second = torrent.swarm().wake();
    first.cancel(false);
    assertThat(second.join()).isNotNull();
    assertThat(opener.started).hasSize(2);
  }

  @Test
  void waitsLongerForWhatItWantsAndTriesAgain() {
    KnownTorrent torrent = awake(TestSources.ofLength(100).withPolicy(Policy.KEPT));
    assertThat(session(torrent).fetchesWhole()).isTrue();
    after(LIMITS.rest().multipliedBy(2));
    assertThat(torrent.swarm().awake()).isTrue();
    after(LIMITS.patience());
    assertThat(torrent.swarm().awake()).isFalse();
    assertThat(torrent.swarm().quiet()).isFalse();
    after(LIMITS.retry().minusSeconds(1));
    assertThat(torrent.swarm().awake()).isFalse();
    after(Duration.ofSeconds(1));
    await().until(() -> torrent.swarm().awake());
  }

  @Test
  void wakesWhenPeersAreFoundForWhatItWantsAndNotOtherwise() {
    KnownTorrent content = awake(TestSources.ofLength(100));
    KnownTorrent wanting = awake(TorrentSource.of(TestSources.ofLength(200).infoHash()));
    after(LIMITS.patience());
    assertThat(library.awake()).isZero();
    assertThat(content.swarm().welcomesPeers()).isFalse();
    assertThat(wanting.swarm().welcomesPeers()).isTrue();
    await().until(() -> wanting.swarm().awake());
    assertThat(content.swarm().awake()).isFalse();
  }

  @Test
  void isNotWokenOnceItIsGone() {
    KnownTorrent torrent = awake(TestSources.ofLength(100));
    library.remove(torrent.infoHash());
    assertThat(torrent.swarm().wake()).isCompletedExceptionally();
    assertThat(session(torrent).closed).isTrue();
  }
}
