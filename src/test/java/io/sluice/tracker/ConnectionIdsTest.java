package io.sluice.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

final class ConnectionIdsTest {

  private static final long MINUTE = 60_000_000_000L;
  private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");

  private final ConnectionIds ids = new ConnectionIds(new SecureRandom());

  @Test
  void areGoodForAMinuteAtLeastAndTwoAtMost() {
    for (long now : new long[] {0, 1, MINUTE - 1, -1, -MINUTE, Long.MIN_VALUE / 2}) {
      long id = ids.of(HERE, now);
      assertThat(ids.isValid(id, HERE, now)).isTrue();
      assertThat(ids.isValid(id, HERE, now + MINUTE)).isTrue();
      assertThat(ids.isValid(id, HERE, now + 2 * MINUTE)).isFalse();
      assertThat(ids.isValid(id + 1, HERE, now)).isFalse();
    }
  }

  @Test
  void areGoodAtOneAddressAndOneTracker() {
    long id = ids.of(HERE, 0);
    assertThat(ids.isValid(id, InetAddress.ofLiteral("192.0.2.2"), 0)).isFalse();
    assertThat(ids.isValid(id, InetAddress.ofLiteral("2001:db8::1"), 0)).isFalse();
    assertThat(new ConnectionIds(new SecureRandom()).isValid(id, HERE, 0)).isFalse();
  }
}
