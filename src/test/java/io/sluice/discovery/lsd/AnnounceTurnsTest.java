package io.sluice.discovery.lsd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.InfoHash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class AnnounceTurnsTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final Random random = new Random(6);
  private final AnnounceTurns turns = new AnnounceTurns(LsdLimits.DEFAULT, 0);

  private List<InfoHash> torrents(int count) {
    List<InfoHash> torrents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[InfoHash.BYTES];
      random.nextBytes(bytes);
      torrents.add(InfoHash.of(bytes));
    }
    return torrents;
  }

  @Test
  void aTorrentEveryFiveMinutesAndAPacketAMinute() {
    List<InfoHash> open = torrents(2);
    assertThat(turns.next(open.subList(0, 1), 0)).containsExactly(open.getFirst());
    assertThat(turns.next(open, 59 * SECOND)).as("within a minute").isEmpty();
    assertThat(turns.next(open, MINUTE)).containsExactly(open.getLast());
    int packets = 0;
    for (long now = MINUTE; now < 31 * MINUTE; now += SECOND) {
      turns.age(now);
      packets += turns.next(open, now).size();
    }
    assertThat(packets).isEqualTo(2 * 5 + 1);
  }

  @Test
  void manyTorrentsTakeTurns() {
    List<InfoHash> open = torrents(70);
    Set<InfoHash> announced = new HashSet<>();
    for (int minute = 0; minute < 4; minute++) {
      turns.age(minute * MINUTE);
      List<InfoHash> packet = turns.next(open, minute * MINUTE);
      assertThat(packet).hasSize(minute < 3 ? 20 : 10);
      announced.addAll(packet);
    }
    assertThat(announced).hasSize(70);
    assertThat(turns.next(open, 4 * MINUTE)).isEmpty();
  }

  @Test
  void nothingOpenCostsNoTurn() {
    assertThat(turns.next(List.of(), 0)).isEmpty();
    assertThat(turns.next(torrents(1), SECOND)).hasSize(1);
  }
}
