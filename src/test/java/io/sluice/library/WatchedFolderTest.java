package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is put into the folder is published, and what goes is taken back. */
final class WatchedFolderTest {

  @TempDir Path temp;
  private final Map<InfoHash, String> published = new ConcurrentHashMap<>();
  private final SeedJobs jobs =
      new SeedJobs(
          source -> published.put(source.infoHash(), source.displayName().orElseThrow()),
          _ -> Optional.empty());
  private Map<Path, InfoHash> earlier = Map.of();
  private Path folder = Path.of("");
  private WatchedFolder watched =
      new WatchedFolder(folder, jobs, Map::of, published::remove, Duration.ZERO, Duration.ZERO);

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(temp.resolve("watched"));
    watch();
  }

  private void watch() {
    watched =
        new WatchedFolder(
            folder,
            jobs,
            () -> earlier,
            published::remove,
            Duration.ofMillis(200),
            Duration.ofMillis(400));
    watched.start();
  }

  @AfterEach
  void stop() {
    watched.close();
    jobs.close();
  }

  private void awaitNames(String... names) {
    Awaitility.await("published: " + List.of(names))
        .until(() -> published.values().stream().sorted().toList().equals(List.of(names)));
  }

  @Test
  void publishesFilesAndFoldersAndTakesThemBack() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "some text");
    Path film = Files.createDirectories(folder.resolve("film").resolve("extras"));
    Files.writeString(film.resolve("b.txt"), "more text");
    awaitNames("a.txt", "film");
    // A change deep inside is seen by looking again.
    InfoHash before = hash("film");
    Files.writeString(film.resolve("c.txt"), "even more text");
    Awaitility.await()
        .until(() -> published.containsValue("film") && !published.containsKey(before));
    Files.delete(folder.resolve("a.txt"));
    awaitNames("film");
  }

  private InfoHash hash(String name) {
    return published.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void leavesOutWhatIsHiddenUnfinishedOrElsewhere() throws IOException {
    Path secret = Files.writeString(temp.resolve("secret"), "not to be published");
    Files.createSymbolicLink(folder.resolve("link"), secret);
    Files.createSymbolicLink(folder.resolve("folder-link"), temp);
    Files.writeString(folder.resolve(".hidden"), "x");
    Files.writeString(folder.resolve("film.mkv.part"), "x");
    Files.writeString(folder.resolve("backup~"), "x");
    Files.writeString(folder.resolve("empty"), "");
    Files.writeString(folder.resolve("<b>&\n\u202e.txt"), "hostile");
    Awaitility.await().until(() -> !published.isEmpty());
    Files.writeString(folder.resolve("last"), "last");
    Awaitility.await().until(() -> published.containsValue("last"));
    assertThat(published).hasSize(2);
    assertThat(published.values())
        .noneMatch(name -> name.contains("\n") || name.contains("\u202e"));
  }

  @Test
  void waitsUntilAFileIsQuiet() throws IOException {
    Path growing = folder.resolve("growing");
    long end = System.nanoTime() + Duration.ofMillis(1200).toNanos();
    int writes = 0;
    while (System.nanoTime() < end) {
      Files.writeString(growing, "x".repeat(++writes));
      assertThat(published).isEmpty();
    }
    awaitNames("growing");
  }

  @Test
  void aFolderThatComesLaterIsWatchedThen() throws IOException {
    Path away = temp.resolve("away");
    Files.writeString(folder.resolve("a.txt"), "some text");
    awaitNames("a.txt");
    Files.move(folder, away);
    Awaitility.await().until(() -> watched.problem().isPresent());
    assertThat(published).hasSize(1);
    Files.move(away, folder);
    Awaitility.await().until(() -> watched.problem().isEmpty());
    Files.writeString(folder.resolve("b.txt"), "other text");
    awaitNames("a.txt", "b.txt");
  }

  @Test
  void whatWentWhileNobodyWatchedIsTakenBack() throws IOException {
    Files.writeString(folder.resolve("a.txt"), "some text");
    Files.writeString(folder.resolve("b.txt"), "other text");
    awaitNames("a.txt", "b.txt");
    watched.close();
    earlier =
        Map.of(folder.resolve("a.txt"), hash("a.txt"), folder.resolve("b.txt"), hash("b.txt"));
    Files.delete(folder.resolve("b.txt"));
    watch();
    awaitNames("a.txt");
  }
}
