package io.sluice.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RequestRatesTest {

  private final RequestRates rates =
      new RequestRates(new TrackerLimits.Requests(2, 3, 4, Duration.ofMinutes(10)));

  private boolean admits(String address, long millis) {
    return rates.admits(InetAddress.ofLiteral(address), millis * 1_000_000);
  }

  @Test
  void admitsABurstAndThenARate() {
    for (int i = 0; i < 3; i++) {
      assertThat(admits("192.0.2.1", 0)).isTrue();
    }
    assertThat(admits("192.0.2.1", 0)).isFalse();
    assertThat(admits("192.0.2.2", 0)).isTrue();
    assertThat(admits("192.0.2.1", 499)).isFalse();
    assertThat(admits("192.0.2.1", 500)).isTrue();
    assertThat(admits("192.0.2.1", 500)).isFalse();
  }

  @Test
  void aSubscriberOfIpv6IsOne() {
    for (int i = 0; i < 3; i++) {
      assertThat(admits("2001:db8::" + i, 0)).isTrue();
    }
    assertThat(admits("2001:db8::ffff", 0)).isFalse();
    assertThat(admits("2001:db8:0:1::1", 0)).isTrue();
  }

  @Test
  void remembersSoManyAddresses() {
    for (int i = 0; i < 4; i++) {
      admits("192.0.2.1", 0);
    }
    assertThat(admits("192.0.2.1", 0)).isFalse();
    for (int i = 2; i < 6; i++) {
      admits("192.0.2." + i, 0);
    }
    assertThat(admits("192.0.2.1", 0)).isTrue();
  }
}
