package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class SearchTaskTest {

  private final Random random = new Random(3);
  private final SearchTask search =
      new SearchTask(Nodes.infoHash(random), DhtAnnounce.NONE, _ -> {}, 0);

  @Test
  void isQuickAtFirstAndThenEveryQuarterOfAnHour() {
    long[] pauses = {15, 60, 300, 900, 900, 900};
    long now = 0;
    for (long pause : pauses) {
      assertThat(search.isDue(now)).isTrue();
      search.started(2, now);
      search.lookupEnded(random, now + Nodes.SECOND);
      assertThat(search.isDue(now + 100 * Nodes.MINUTE)).as("one still runs").isFalse();
      now += 5 * Nodes.SECOND;
      search.lookupEnded(random, now);
      long wait = search.dueAt() - now;
      assertThat(wait).isBetween((long) (pause * 0.8e9), (long) (pause * 1.2e9));
      assertThat(search.isDue(now + wait - 1)).isFalse();
      now += wait;
    }
  }

  @Test
  void hurriesButNotMoreThanOnceAMinute() {
    search.started(1, 0);
    search.lookupEnded(random, 50 * Nodes.SECOND);
    for (int i = 0; i < 5; i++) {
      search.started(1, 100 * Nodes.SECOND);
      search.lookupEnded(random, 110 * Nodes.SECOND);
    }
    assertThat(search.isDue(160 * Nodes.SECOND)).isFalse();
    search.hurry(120 * Nodes.SECOND);
    assertThat(search.isDue(160 * Nodes.SECOND - 1)).isFalse();
    assertThat(search.isDue(160 * Nodes.SECOND)).isTrue();
    search.hurry(500 * Nodes.SECOND);
    assertThat(search.isDue(500 * Nodes.SECOND)).isTrue();
  }
}
