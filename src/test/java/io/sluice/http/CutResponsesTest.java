package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.InfoHash;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class CutResponsesTest {

  private static final InfoHash TORRENT =
      InfoHash.parse("0123456789abcdef0123456789abcdef01234567");

  private long nowNanos = Long.MAX_VALUE - 1; // A clock may begin anywhere, and overflow.
  private final CutResponses cuts = new CutResponses(() -> nowNanos);

  @Test
  void theFirstIsSaidAtOnce() {
    assertThat(cuts.add(TORRENT, 7, "no peer."))
        .contains("A response with bytes of " + TORRENT + " is cut after 7 of them: no peer.");
  }

  @Test
  void aMinuteOfThemIsOneLineThatCountsThem() {
    assertThat(cuts.add(TORRENT, 7, "the first")).isPresent();
    for (int second = 0; second < 60; second++) {
      for (int each = 0; each < 1_000; each++) {
        assertThat(cuts.add(TORRENT, 7, "one of many")).isEmpty();
      }
      nowNanos += TimeUnit.SECONDS.toNanos(1);
    }
    Optional<String> line = cuts.add(TORRENT, 8, "the last");
    assertThat(line).isPresent();
    assertThat(line.get()).contains("8 of them: the last").contains("60000 others");
    assertThat(cuts.add(TORRENT, 9, "one more")).isEmpty();
  }

  @Test
  void whatWasSaidIsNotCountedAgain() {
    for (int minute = 0; minute < 3; minute++) {
      assertThat(cuts.add(TORRENT, 7, "no peer").orElseThrow()).endsWith("no peer");
      nowNanos += TimeUnit.MINUTES.toNanos(1);
    }
  }
}
