package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.transport.webrtc.WebrtcSettings.IceServer;
import io.sluice.transport.webrtc.WebrtcSettings.PortRange;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WebrtcSettingsTest {

  @Test
  void iceServersAreStunOrTurn() {
    assertThat(IceServer.of("stun:stun.example:3478").url()).isEqualTo("stun:stun.example:3478");
    assertThat(IceServer.of("TURNS:turn.example").username()).isEmpty();
    for (String bad : new String[] {"", "stun:", "http://stun.example", "stun.example:3478"}) {
      assertThatThrownBy(() -> IceServer.of(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void portRangesAreInOrderAndInRange() {
    assertThat(new PortRange(1, 65535).last()).isEqualTo(65535);
    for (int[] bad : new int[][] {{0, 5}, {5, 4}, {5, 65536}, {-1, -1}}) {
      assertThatThrownBy(() -> new PortRange(bad[0], bad[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void limitsMustMakeSense() {
    Limits none = new Limits();
    none.maxConnections = 0;
    assertThatThrownBy(none::build).isInstanceOf(IllegalArgumentException.class);
    Limits spare = new Limits();
    spare.maxSpareOffers = spare.maxPendingOffers + 1;
    assertThatThrownBy(spare::build).isInstanceOf(IllegalArgumentException.class);
    Limits timeless = new Limits();
    timeless.connectLimit = Duration.ZERO;
    assertThatThrownBy(timeless::build).isInstanceOf(IllegalArgumentException.class);
    Limits inbox = new Limits();
    inbox.maxInboxBytes = inbox.maxMessageBytes;
    assertThatThrownBy(inbox::build).isInstanceOf(IllegalArgumentException.class);
  }
}
