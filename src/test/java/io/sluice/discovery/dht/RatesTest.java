package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RatesTest {

  private final HostRates rates = new HostRates(2, 4, 3);

  @Test
  void aBurstThenARate() {
    assertThat(admitted("20.0.0.1", 10, 0)).isEqualTo(4);
    assertThat(admitted("20.0.0.1", 10, Nodes.SECOND)).isEqualTo(2);
    assertThat(admitted("20.0.0.1", 10, 100 * Nodes.SECOND)).isEqualTo(4);
  }

  @Test
  void hostsDoNotShare() {
    assertThat(admitted("20.0.0.1", 10, 0)).isEqualTo(4);
    assertThat(admitted("20.0.0.2", 10, 0)).isEqualTo(4);
    assertThat(admitted("2001:db8::1", 3, 0)).isEqualTo(3);
    assertThat(admitted("2001:db8::2", 3, 0)).as("same /64").isEqualTo(1);
  }

  @Test
  void portsOfALocalHostDoNotShare() {
    assertThat(rates.admits(Nodes.at("127.0.0.1", 1), 0)).isTrue();
    assertThat(admitted("127.0.0.1", 10, 0)).isEqualTo(4);
  }

  @Test
  void onlySoManyHostsAreRemembered() {
    assertThat(admitted("20.0.0.1", 10, 0)).isEqualTo(4);
    for (int i = 2; i < 5; i++) {
      assertThat(admitted("20.0.0." + i, 1, 0)).isEqualTo(1);
    }
    assertThat(admitted("20.0.0.1", 10, 0)).as("forgotten").isEqualTo(4);
    assertThat(admitted("20.0.0.4", 10, 0)).as("remembered").isEqualTo(3);
  }

  @Test
  void whatIsAskedForComesBesideTheRest() {
    assertThat(admitted("20.0.0.1", 10, 0)).isEqualTo(4);
    rates.expect(Nodes.at("20.0.0.1"), 0);
    rates.expect(Nodes.at("20.0.0.1"), 0);
    assertThat(admitted("20.0.0.1", 10, 0)).isEqualTo(2);
    assertThat(admitted("20.0.0.1", 10, 0)).isZero();
  }

  private int admitted(String ip, int packets, long nowNanos) {
    int admitted = 0;
    for (int i = 0; i < packets; i++) {
      admitted += rates.admits(Nodes.at(ip), nowNanos) ? 1 : 0;
    }
    return admitted;
  }
}
