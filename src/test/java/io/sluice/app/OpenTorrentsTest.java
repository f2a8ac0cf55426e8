package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.library.Library;
import io.sluice.library.Policy;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.MagnetLink;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenTorrentsTest {

  private static final Duration UNUSED = Duration.ofHours(1);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  Path folder;

  private final SetClock clock = new SetClock();
  private final Library library = TestLibrary.of(2);

  private OpenTorrents open() {
    return new OpenTorrents(library, folder.resolve("open-torrents"), UNUSED, clock);
  }

  private static InfoHash hash(int n) {
    return InfoHash.parse("%040x".formatted(n));
  }

  /** A link that a page shows brings its trackers, but not to what somebody has added. */
  @Test
  void takesTrackersForItsOwnAlone() {
    OpenTorrents torrents = open();
    URI tracker = URI.create("ws://tracker.example/");
    TorrentSource told =
        TorrentSource.of(
            MagnetLink.parse("magnet:?xt=urn:btih:%s&tr=%s".formatted(hash(1), tracker)));
    torrents.find(hash(1));
    assertThat(torrents.find(told).orElseThrow().source().trackers()).containsExactly(tracker);
    library.remove(hash(1));
    torrents.removed(hash(1));
    library.add(TorrentSource.of(hash(1)));
    assertThat(torrents.find(told).orElseThrow().source().trackers()).isEmpty();
  }

  @Test
  void forgetsWhatNobodyUses() {
    OpenTorrents torrents = open();
    torrents.find(hash(1));
    clock.pass(UNUSED);
    torrents.sweep();
    assertThat(library.contains(hash(1))).isTrue();
    torrents.find(hash(1));
    clock.pass(UNUSED);
    torrents.sweep();
    assertThat(library.contains(hash(1))).as("asked for again").isTrue();
    clock.pass(Duration.ofSeconds(1));
    torrents.sweep();
    assertThat(library.contains(hash(1))).isFalse();
  }

  @Test
  void leavesWhatIsSomebodys() {
    OpenTorrents torrents = open();
    library.add(TorrentSource.of(hash(1)));
    torrents.find(hash(1));
    torrents.find(hash(2));
    torrents.claimed(hash(2));
    clock.pass(UNUSED.multipliedBy(2));
    torrents.sweep();
    assertThat(library.size()).isEqualTo(2);
  }

  @Test
  void leavesWhatIsKeptNow() {
    OpenTorrents torrents = open();
    torrents.find(hash(1));
    library.policy(hash(1), Policy.KEPT);
    clock.pass(UNUSED.multipliedBy(2));
    torrents.sweep();
    assertThat(library.contains(hash(1))).isTrue();
  }

  @Test
  void makesRoomOfItsOwnAlone() {
    OpenTorrents torrents = open();
    library.add(TorrentSource.of(hash(1)));
    torrents.find(hash(2));
    assertThat(torrents.find(hash(3))).isPresent();
    assertThat(library.contains(hash(2))).isFalse();
    torrents.claimed(hash(3));
    assertThat(torrents.find(hash(4))).isEmpty();
    assertThat(library.size()).isEqualTo(2);
  }

  @Test
  void knowsItsOwnInTheNextRun() {
    OpenTorrents before = open();
    before.find(hash(1));
    before.sweep();
    OpenTorrents after = open();
    assertThat(after.contains(hash(1))).isTrue();
    clock.pass(UNUSED.plusSeconds(1));
    after.sweep();
    assertThat(library.contains(hash(1))).isFalse();
  }
}
