package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.discovery.PeerSink;
import io.sluice.wire.InfoHash;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SearchTaskTest {

  private final Random random = new Random(3);
  private final InfoHash torrent = Nodes.infoHash(random);
  private final SearchTask search = new SearchTask(torrent, 0, PeerSink.NONE);

  @Test
  void repeatsEveryQuarterOfAnHour() {
    long now = 0;
    for (int run = 0; run < 3; run++) {
      assertThat(search.dueAt()).isLessThanOrEqualTo(now);
      search.started(2, false, now);
      search.lookupEnded(random, now + Nodes.SECOND);
      assertThat(search.isRunning()).as("one still runs").isTrue();
      now += 5 * Nodes.SECOND;
      search.lookupEnded(random, now);
      assertThat(search.isRunning()).isFalse();
      assertThat(search.dueAt() - now).isBetween(12 * Nodes.MINUTE, 18 * Nodes.MINUTE);
      now = search.dueAt();
    }
  }

  @Test
  void isQuickAtFirstWhileFewNodesAreKnown() {
    long[] pauses = {15, 60, 300, 900, 900};
    long now = 0;
    for (long pause : pauses) {
      search.started(1, true, now);
      search.lookupEnded(random, now);
      long wait = search.dueAt() - now;
      assertThat(wait).isBetween((long) (pause * 0.8e9), (long) (pause * 1.2e9));
      now = search.dueAt();
    }
  }

  @Test
  void hurriesLessAndLessOften() {
    long now = 0;
    search.started(1, false, now);
    search.lookupEnded(random, now);
    for (long pause : new long[] {15, 30, 60, 120, 240, 300, 300}) {
      long startedAt = now;
      now += Nodes.SECOND;
      search.hurry(now);
      assertThat(search.isUrgent()).isTrue();
      assertThat(search.dueAt() - startedAt).isEqualTo(pause * Nodes.SECOND);
      now = search.dueAt();
      search.started(1, false, now);
      assertThat(search.isUrgent()).isFalse();
      search.lookupEnded(random, now);
    }
    now += 20 * Nodes.MINUTE;
    search.started(1, false, now);
    search.lookupEnded(random, now);
    search.hurry(now);
    assertThat(search.dueAt() - now).as("a new need").isEqualTo(15 * Nodes.SECOND);
  }

  @Test
  void doesNotHurryWhatRuns() {
    search.started(1, false, 0);
    search.hurry(Nodes.SECOND);
    assertThat(search.isUrgent()).isFalse();
  }

  @Test
  void refusesWhatIsNoPort() {
    assertThatThrownBy(() -> new SearchTask(torrent, 65_536, PeerSink.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SearchTask(torrent, -1, PeerSink.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
