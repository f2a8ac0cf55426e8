package io.sluice.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  private final Backoff backoff =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), new Random(7));

  @Test
  void doublesUpToABound() {
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128}) {
      assertThat(Duration.ofNanos(backoff.nextNanos()))
          .isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(2L * seconds));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(Duration.ofNanos(backoff.nextNanos()))
          .isBetween(Duration.ofSeconds(150), Duration.ofSeconds(300));
    }
  }

  @Test
  void beginsAnew() {
    backoff.nextNanos();
    backoff.nextNanos();
    backoff.reset();
    assertThat(Duration.ofNanos(backoff.nextNanos())).isLessThan(Duration.ofSeconds(2));
  }
}
