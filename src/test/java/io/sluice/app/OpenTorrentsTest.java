package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.library.Library;
import io.sluice.library.Policy;
import io.sluice.library.SwarmOpener;
import io.sluice.library.TorrentSource;
import io.sluice.wire.InfoHash;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenTorrentsTest {

  private static final Duration UNUSED = Duration.ofHours(1);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  Path folder;

  private Instant now = Instant.EPOCH;

  private final Library library =
      new Library(
          _ -> new SwarmOpener.OpenSwarm(new FakeSwarm(), _ -> {}, () -> {}), 2, Clock.systemUTC());

  private OpenTorrents open() {
    return new OpenTorrents(library, folder.resolve("open-torrents"), UNUSED, new TestClock());
  }

  private final class TestClock extends Clock {
    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private static InfoHash hash(int n) {
    return InfoHash.parse("%040x".formatted(n));
  }

  @Test
  void forgetsWhatNobodyUses() {
    OpenTorrents torrents = open();
    torrents.find(hash(1));
    now = now.plus(UNUSED);
    torrents.sweep();
    assertThat(library.contains(hash(1))).isTrue();
    torrents.find(hash(1));
    now = now.plus(UNUSED);
    torrents.sweep();
    assertThat(library.contains(hash(1))).as("asked for again").isTrue();
    now = now.plusSeconds(1);
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
    now = now.plus(UNUSED).plus(UNUSED);
    torrents.sweep();
    assertThat(library.size()).isEqualTo(2);
  }

  @Test
  void leavesWhatIsKeptNow() {
    OpenTorrents torrents = open();
    torrents.find(hash(1));
    library.policy(hash(1), Policy.KEPT);
    now = now.plus(UNUSED).plus(UNUSED);
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
    now = now.plus(UNUSED).plusSeconds(1);
    after.sweep();
    assertThat(library.contains(hash(1))).isFalse();
  }
}
