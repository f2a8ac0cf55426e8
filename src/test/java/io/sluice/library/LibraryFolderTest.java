package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.metainfo.BuiltTorrent;
import io.sluice.metainfo.TorrentBuilder;
import io.sluice.metainfo.TorrentInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library across restarts, and what becomes of it when its folder is damaged or not there. */
final class LibraryFolderTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  private Path folder;

  private final FakeOpener opener = new FakeOpener();
  private final FakeHoldings holdings = new FakeHoldings(1_000_000);
  private long nanos;

  private Library open() {
    return open(folder.resolve("library"));
  }

  private Library open(Path where) {
    LibraryLimits limits = LibraryLimits.DEFAULT.within(100, 1_000_000);
    return new Library(
        opener,
        new LibraryFolder(where, limits, () -> nanos),
        holdings,
        limits,
        Clock.systemUTC(),
        () -> nanos);
  }

  private static KnownTorrent find(Library library, TorrentSource source) {
    return library.find(source.infoHash()).orElseThrow();
  }

  @Test
  void remembersEverything() {
    TorrentSource given = TestSources.ofLength(70_000);
    Library first = open();
    KnownTorrent before = first.add(given.withPolicy(Policy.KEPT)).torrent();
    assertThat(before.safe()).isFalse();
    holdings.held.put(given.infoHash(), 70_000L);
    var _ = before.use().join();
    opener.session(given.infoHash()).status = FakeOpener.FakeSession.status(true, 9, 11, 0, 0);
    first.save();
    assertThat(before.safe()).isTrue();
    assertThat(before.safeBytes()).isEqualTo(70_000);
    // Not closed: it was killed.
    try (Library second = open()) {
      KnownTorrent after = find(second, given);
      assertThat(after.source()).isEqualTo(before.source());
      assertThat(after.policy()).isEqualTo(Policy.KEPT);
      assertThat(after.added()).isEqualTo(before.added());
      assertThat(after.name()).isEqualTo("file of 70000");
      assertThat(after.counters()).isEqualTo(new Counters(11, 11, 1, before.counters().lastUsed()));
      assertThat(after.swarm().awake()).isFalse();
      assertThat(after.swarm().status().heldBytes()).isEqualTo(70_000);
      ByteBuffer raw = given.info().map(TorrentInfo::rawInfo).orElseThrow();
      assertThat(after.info().map(TorrentInfo::rawInfo)).contains(raw);
    }
    first.close();
  }

  @Test
  void goesOnFetchingAtOnce() {
    TorrentSource given = TestSources.ofLength(70_000);
    try (Library library = open()) {
      library.add(given.withPolicy(Policy.KEPT));
      library.add(TestSources.ofLength(100));
      library.save();
    }
    holdings.pinned.clear();
    try (Library library = open()) {
      library.sweep();
      await().until(() -> find(library, given).swarm().awake());
      assertThat(opener.session(given.infoHash()).fetchesWhole()).isTrue();
      assertThat(library.awake()).isEqualTo(1);
      assertThat(holdings.pinned).containsExactly(given.infoHash());
    }
  }

  @Test
  void forgetsAllTraces() throws IOException {
    TorrentSource given = TestSources.ofLength(100);
    try (Library library = open()) {
      library.add(given);
      library.save();
      assertThat(traces(given)).isNotEmpty();
      library.remove(given.infoHash());
      library.save();
      assertThat(traces(given)).isEmpty();
    }
    try (Library again = open()) {
      assertThat(again.list()).isEmpty();
    }
  }

  private List<Path> traces(TorrentSource source) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().contains(source.infoHash().hex())).toList();
    }
  }

  @Test
  void fetchesMetadataAgainThatIsDamaged() throws IOException {
    TorrentSource given = TestSources.ofLength(100);
    TorrentSource other = TestSources.ofLength(200);
    try (Library library = open()) {
      library.add(given);
      library.add(other);
      library.save();
    }
    Path file = traces(given).getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("file of")]++;
    Files.write(file, bytes);
    try (Library library = open()) {
      KnownTorrent damaged = find(library, given);
      damaged.swarm().wake().join();
      assertThat(opener.session(given.infoHash()).source.info()).isEmpty();
      assertThat(Path.of(file + ".damaged")).exists();
      assertThat(find(library, other).info()).isPresent();
      opener.session(given.infoHash()).metadataKnown.accept(given.info().orElseThrow());
      library.save();
      assertThat(file).exists();
    }
  }

  @Test
  void seedsFilesFromWhereTheyLieUntilTheyChange() throws IOException, InterruptedException {
    Path film = Files.write(folder.resolve("film.bin"), new byte[50_000]);
    BuiltTorrent built = TorrentBuilder.of(film).build((_, _) -> {});
    TorrentSource given =
        TorrentSource.seeding(
            built.metainfo(), SeededFiles.open(built.metainfo().info(), built.paths()));
    try (Library library = open()) {
      library.add(given);
      library.save();
    }
    try (Library library = open()) {
      KnownTorrent seeded = find(library, given);
      assertThat(seeded.policy()).isEqualTo(Policy.SEEDED);
      assertThat(seeded.safe()).isTrue();
      seeded.swarm().wake().join();
      assertThat(opener.session(given.infoHash()).source.files().has(0)).isTrue();
      assertThat(seeded.problem()).isEmpty();
    }
    Files.setLastModifiedTime(film, FileTime.fromMillis(1_000));
    try (Library library = open()) {
      KnownTorrent seeded = find(library, given);
      seeded.swarm().wake().join();
      assertThat(seeded.problem())
          .hasValueSatisfying(said -> assertThat(said).contains("has changed"));
      assertThat(seeded.safe()).isFalse();
    }
  }

  @Test
  void goesOnWithoutAFolderAndRemembersOnceThereIsOne() throws IOException {
    Path where = folder.resolve("library");
    Files.writeString(where, "a file in the way");
    TorrentSource given = TestSources.ofLength(100);
    Library library = open(where);
    library.add(given);
    library.save();
    assertThat(library.problem()).hasValueSatisfying(said -> assertThat(said).contains("library"));
    assertThat(find(library, given).info()).isPresent();
    assertThat(find(library, given).safe()).isFalse();
    Files.delete(where);
    nanos += 60_000_000_000L;
    library.save();
    assertThat(library.problem()).isEmpty();
    library.close();
    try (Library again = open(where)) {
      assertThat(find(again, given).info()).isPresent();
    }
  }

  @Test
  void writesTheStateOfItsOwnAccord() {
    TorrentSource given = TestSources.ofLength(100);
    try (Library library = open()) {
      library.begin();
      library.add(given);
      Path state = folder.resolve("library").resolve("state");
      await().untilAsserted(() -> assertThat(state).content().contains(given.infoHash().hex()));
    }
  }
}
