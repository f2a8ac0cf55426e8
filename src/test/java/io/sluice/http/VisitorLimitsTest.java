package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class VisitorLimitsTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final VisitorLimits limits = new VisitorLimits(3, 2);

  @Test
  void givesTorrentsByTheMinute() {
    for (int i = 0; i < 3; i++) {
      assertThat(limits.newTorrent("198.51.100.1", 0)).isEmpty();
    }
    assertThat(limits.newTorrent("198.51.100.1", 0).orElse(0)).isBetween(20L, 21L);
    assertThat(limits.newTorrent("198.51.100.2", 0)).as("another visitor").isEmpty();
    assertThat(limits.newTorrent("198.51.100.1", 19 * SECOND)).isPresent();
    assertThat(limits.newTorrent("198.51.100.1", 20 * SECOND)).isEmpty();
    assertThat(limits.newTorrent("198.51.100.1", 20 * SECOND)).isPresent();
    for (int i = 0; i < 3; i++) {
      assertThat(limits.newTorrent("198.51.100.1", 500 * SECOND)).isEmpty();
    }
    assertThat(limits.newTorrent("198.51.100.1", 500 * SECOND)).as("no more saved").isPresent();
  }

  @Test
  void countsStreamsThatAreOpen() {
    assertThat(limits.enter("198.51.100.1")).isTrue();
    assertThat(limits.enter("198.51.100.1")).isTrue();
    assertThat(limits.enter("198.51.100.1")).isFalse();
    assertThat(limits.enter("198.51.100.1")).as("what was refused is not counted").isFalse();
    limits.left("198.51.100.1");
    assertThat(limits.enter("198.51.100.1")).isTrue();
  }

  @Test
  void takesASubscribersNetworkForOne() {
    assertThat(VisitorLimits.visitor("2001:db8:1:2::1"))
        .isEqualTo(VisitorLimits.visitor("2001:db8:1:2:ffff::9"))
        .isNotEqualTo(VisitorLimits.visitor("2001:db8:1:3::1"));
    assertThat(VisitorLimits.visitor("::ffff:198.51.100.1"))
        .isEqualTo(VisitorLimits.visitor("198.51.100.1"));
  }
}
