package io.sluice.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class SocketAdmissionTest {

  private final SocketAdmission admission = new SocketAdmission(3, 2);

  @Test
  void boundsEachAddress() {
    assertThat(enter("192.0.2.1")).isTrue();
    assertThat(enter("192.0.2.1")).isTrue();
    assertThat(enter("192.0.2.1")).isFalse();
    assertThat(enter("192.0.2.2")).isTrue();
    assertThat(admission.sockets()).isEqualTo(3);
  }

  @Test
  void countsAnIpv6SubscriberOnce() {
    assertThat(enter("2001:db8:1:2::1")).isTrue();
    assertThat(enter("2001:db8:1:2:ffff::1")).isTrue();
    assertThat(enter("2001:db8:1:2:3::1")).isFalse();
    assertThat(enter("2001:db8:1:3::1")).isTrue();
  }

  @Test
  void boundsThemAll() {
    assertThat(enter("192.0.2.1")).isTrue();
    assertThat(enter("192.0.2.2")).isTrue();
    assertThat(enter("192.0.2.3")).isTrue();
    assertThat(enter("192.0.2.4")).isFalse();
    admission.left(InetAddress.ofLiteral("192.0.2.3"));
    assertThat(enter("192.0.2.4")).isTrue();
    assertThat(admission.sockets()).isEqualTo(3);
  }

  private boolean enter(String address) {
    return admission.enter(InetAddress.ofLiteral(address));
  }
}
