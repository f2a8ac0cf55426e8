package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.metainfo.MagnetLink;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The library's promises: one swarm a torrent, an order, a limit, and everything closed. */
final class LibraryTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<InfoHash> opened = new ArrayList<>();
  private final List<InfoHash> closed = new ArrayList<>();
  private final List<List<URI>> moreTrackers = new ArrayList<>();
  private final Library library =
      new Library(
          source -> {
            opened.add(source.infoHash());
            return new SwarmOpener.OpenSwarm(
                new IdleSwarm(source.infoHash()),
                more -> moreTrackers.addAll(more.tiers()),
                () -> closed.add(source.infoHash()));
          },
          3,
          Clock.fixed(NOW, ZoneOffset.UTC));

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
    assertThat(opened).containsExactly(hash(1));
  }

  @Test
  void learnsOfMoreTrackers() {
    URI first = URI.create("udp://tracker.example:1/announce");
    URI second = URI.create("http://tracker.example/announce");
    String magnet = "magnet:?xt=urn:btih:" + hash(1).hex();
    library.add(TorrentSource.of(MagnetLink.parse(magnet + "&tr=" + first)));
    assertThat(moreTrackers).isEmpty();
    Library.Added again =
        library.add(
            TorrentSource.of(MagnetLink.parse(magnet + "&dn=clip&tr=" + first + "&tr=" + second)));
    assertThat(again.isNew()).isFalse();
    assertThat(again.torrent().source().trackers()).containsExactly(first, second);
    assertThat(again.torrent().name()).isEqualTo("clip");
    assertThat(library.find(hash(1))).contains(again.torrent());
    assertThat(moreTrackers).containsExactly(List.of(first), List.of(second));
    assertThat(opened).containsExactly(hash(1));
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
    assertThat(closed).containsExactly(hash(1));
    library.close();
    assertThat(closed).containsExactly(hash(1), hash(2));
    assertThat(library.list()).isEmpty();
    assertThatThrownBy(() -> library.add(source(9))).isInstanceOf(LibraryFullException.class);
  }

  @Test
  void namesATorrentAsWellAsItCan() {
    assertThat(library.add(source(1)).torrent().name()).isEqualTo(hash(1).hex());
  }
}
