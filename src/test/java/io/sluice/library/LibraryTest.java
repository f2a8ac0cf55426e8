package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.metainfo.MagnetLink;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The library's promises: one swarm a torrent, an order, a limit, and everything closed. */
final class LibraryTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final FakeOpener opener = new FakeOpener();
  private final Library library = library(Holdings.NONE);

  private Library library(Holdings holdings) {
    Library made =
        new Library(
            opener,
            LibraryStore.NONE,
            holdings,
            LibraryLimits.DEFAULT.within(3, 1_000),
            Clock.fixed(NOW, ZoneOffset.UTC),
            System::nanoTime);
    made.begin();
    return made;
  }

  @AfterEach
  void close() {
    library.close();
  }

  private static TorrentSource source(int number) {
    return TorrentSource.of(hash(number));
  }

  private static InfoHash hash(int number) {
    return InfoHash.parse("%040x".formatted(number));
  }

  @Test
  void opensOneSwarmForATorrent() {
    Library.Added first = library.add(source(1));
    Library.Added again = library.add(source(1));
    assertThat(first.isNew()).isTrue();
    assertThat(again.isNew()).isFalse();
    assertThat(again.torrent()).isSameAs(first.torrent());
    assertThat(first.torrent().added()).isEqualTo(NOW);
    assertThat(opener.present).containsExactly(hash(1));
    await().untilAsserted(() -> assertThat(opener.started).containsExactly(hash(1)));
  }

  @Test
  void learnsOfMoreTrackers() {
    URI first = URI.create("udp://tracker.example:1/announce");
    URI second = URI.create("http://tracker.example/announce");
    String magnet = "magnet:?xt=urn:btih:" + hash(1).hex();
    library.add(TorrentSource.of(MagnetLink.parse(magnet + "&tr=" + first)));
    assertThat(opener.trackers).isEmpty();
    Library.Added again =
        library.add(
            TorrentSource.of(MagnetLink.parse(magnet + "&dn=clip&tr=" + first + "&tr=" + second)));
    assertThat(again.isNew()).isFalse();
    assertThat(again.torrent().source().trackers()).containsExactly(first, second);
    assertThat(again.torrent().name()).isEqualTo("clip");
    assertThat(library.find(hash(1))).contains(again.torrent());
    assertThat(opener.trackers).containsExactly(first, second);
    assertThat(opener.present).containsExactly(hash(1));
  }

  @Test
  void strengthensAPolicyAndWeakensItOnlyWhenTold() {
    library.add(source(1));
    assertThat(library.add(source(1).withPolicy(Policy.KEPT)).torrent().policy())
        .isEqualTo(Policy.KEPT);
    assertThat(library.add(source(1)).torrent().policy()).isEqualTo(Policy.KEPT);
    assertThat(library.policy(hash(1), Policy.CACHED))
        .map(KnownTorrent::policy)
        .contains(Policy.CACHED);
    library.add(source(1).withPolicy(Policy.SEEDED));
    assertThat(library.policy(hash(1), Policy.CACHED))
        .map(KnownTorrent::policy)
        .contains(Policy.SEEDED);
    assertThat(library.policy(hash(2), Policy.KEPT)).isEmpty();
  }

  @Test
  void listsInTheOrderOfArrival() {
    library.add(source(7));
    library.add(source(2));
    library.add(source(5));
    assertThat(library.list())
        .extracting(KnownTorrent::infoHash)
        .containsExactly(hash(7), hash(2), hash(5));
  }

  @Test
  void refusesMoreThanItsLimit() {
    library.add(source(1));
    library.add(source(2));
    library.add(source(3));
    assertThatThrownBy(() -> library.add(source(4)))
        .isInstanceOf(LibraryFullException.class)
        .hasMessageContaining("3 torrents");
    assertThat(library.remove(hash(1))).isTrue();
    assertThat(library.add(source(4)).isNew()).isTrue();
  }

  @Test
  void closesWhatItForgets() {
    library.add(source(1));
    library.add(source(2));
    assertThat(library.remove(hash(1))).isTrue();
    assertThat(library.remove(hash(1))).isFalse();
    assertThat(opener.left).containsExactly(hash(1));
    library.close();
    assertThat(opener.left).containsExactly(hash(1), hash(2));
    assertThat(library.list()).isEmpty();
    assertThatThrownBy(() -> library.add(source(9))).isInstanceOf(LibraryFullException.class);
  }

  @Test
  void namesATorrentAsWellAsItCan() {
    assertThat(library.add(source(1)).torrent().name()).isEqualTo(hash(1).hex());
  }

  @Test
  void showsAPartOfTheListing() {
    library.add(source(1));
    library.add(source(2));
    String magnet = "magnet:?xt=urn:btih:" + hash(3).hex() + "&dn=A+Film";
    library.add(TorrentSource.of(MagnetLink.parse(magnet)));
    Library.Page part = library.list("", 1, 1);
    assertThat(part.total()).isEqualTo(3);
    assertThat(part.torrents()).extracting(KnownTorrent::infoHash).containsExactly(hash(2));
    assertThat(library.list("FILM", 0, 9).torrents())
        .extracting(KnownTorrent::infoHash)
        .containsExactly(hash(3));
    assertThat(library.list("nothing", 0, 9)).isEqualTo(new Library.Page(List.of(), 0));
  }

  @Test
  void refusesToKeepWhatDoesNotFit() {
    FakeHoldings holdings = new FakeHoldings(1_000);
    try (Library small = library(holdings)) {
      TorrentSource large = TestSources.ofLength(900);
      TorrentSource other = TestSources.ofLength(200);
      small.add(large.withPolicy(Policy.KEPT));
      assertThat(holdings.pinned).containsExactly(large.infoHash());
      assertThatThrownBy(() -> small.add(other.withPolicy(Policy.KEPT)))
          .isInstanceOf(QuotaException.class)
          .hasMessageContaining("200 bytes")
          .hasMessageContaining("100 are free");
      assertThat(small.find(other.infoHash())).isEmpty();
      small.add(other);
      assertThatThrownBy(() -> small.policy(other.infoHash(), Policy.KEPT))
          .isInstanceOf(QuotaException.class);
      assertThat(small.find(other.infoHash())).map(KnownTorrent::policy).contains(Policy.CACHED);
      small.policy(large.infoHash(), Policy.CACHED);
      assertThat(holdings.pinned).isEmpty();
      assertThat(small.policy(other.infoHash(), Policy.KEPT))
          .map(KnownTorrent::policy)
          .contains(Policy.KEPT);
    }
  }

  @Test
  void doesNotFetchWhatTurnsOutTooLargeUntilThereIsRoom() {
    FakeHoldings holdings = new FakeHoldings(1_000);
    try (Library small = library(holdings)) {
      TorrentSource first = TestSources.ofLength(900);
      TorrentSource late = TestSources.ofLength(200);
      small.add(first.withPolicy(Policy.KEPT));
      KnownTorrent magnet =
          small.add(TorrentSource.of(late.infoHash()).withPolicy(Policy.KEPT)).torrent();
      await().until(() -> magnet.swarm().awake());
      FakeOpener.FakeSession session = opener.session(late.infoHash());
      await().until(session::fetchesWhole);
      session.metadataKnown.accept(late.info().orElseThrow());
      assertThat(magnet.problem()).hasValueSatisfying(said -> assertThat(said).contains("200"));
      assertThat(session.fetchesWhole()).isFalse();
      small.remove(first.infoHash());
      await().until(() -> magnet.problem().isEmpty());
      assertThat(session.fetchesWhole()).isTrue();
    }
  }
}
