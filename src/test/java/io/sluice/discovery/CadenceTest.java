package io.sluice.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class CadenceTest {

  private static final DiscoveryLimits.Announces BOUNDS = DiscoveryLimits.DEFAULT.announces();

  private final Cadence cadence = new Cadence(Duration.ofMinutes(20), BOUNDS);

  private static OptionalInt seconds(Duration duration) {
    return OptionalInt.of((int) duration.toSeconds());
  }

  @Test
  void whatTheTrackerDoesNotSayStays() {
    cadence.heard(OptionalInt.empty(), OptionalInt.empty());
    assertThat(cadence.regular()).isEqualTo(Duration.ofMinutes(20));
    assertThat(cadence.hurried()).isEqualTo(Duration.ofMinutes(10));
    cadence.heard(OptionalInt.empty(), seconds(Duration.ofMinutes(15)));
    assertThat(cadence.interval()).isEqualTo(Duration.ofMinutes(20));
    assertThat(cadence.hurried()).isEqualTo(Duration.ofMinutes(15));
    cadence.heard(seconds(Duration.ofMinutes(12)), OptionalInt.empty());
    assertThat(cadence.interval()).isEqualTo(Duration.ofMinutes(12));
    assertThat(cadence.regular()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void whatItSaysIsKeptWithinOurBounds() {
    cadence.heard(OptionalInt.of(0), OptionalInt.of(0));
    assertThat(cadence.regular()).isEqualTo(BOUNDS.minInterval());
    assertThat(cadence.hurried()).isEqualTo(BOUNDS.minInterval());
    cadence.heard(OptionalInt.of(Integer.MAX_VALUE), OptionalInt.of(Integer.MAX_VALUE));
    assertThat(cadence.regular()).isEqualTo(BOUNDS.maxInterval());
    assertThat(cadence.hurried()).isEqualTo(BOUNDS.maxInterval());
  }
}
