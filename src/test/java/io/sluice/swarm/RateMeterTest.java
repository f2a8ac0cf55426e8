package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RateMeterTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void countsTheLastSecondsOnly() {
    RateMeter meter = new RateMeter();
    for (int i = 0; i < 100; i++) {
      meter.add(100, i * SECOND / 10);
    }
    assertThat(meter.bytesPerSecond(99 * SECOND / 10)).isBetween(900L, 1100L);
    assertThat(meter.bytesPerSecond(12 * SECOND)).isBetween(400L, 700L);
    assertThat(meter.bytesPerSecond(20 * SECOND)).isZero();
    assertThat(meter.total()).isEqualTo(10_000);
  }
}
