package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PeerIdTest {

  @Test
  void oursSayWhatTheyAre() {
    PeerId id = PeerId.random(new Random(1));
    assertThat(id.isSluice()).isTrue();
    assertThat(new String(id.bytes(), StandardCharsets.US_ASCII))
        .matches("-SL0100-[0-9A-Za-z]{12}");
    assertThat(PeerId.random(new Random(2))).isNotEqualTo(id);
    assertThat(PeerId.random(new Random(1))).isEqualTo(id);
  }

  @Test
  void anyByteIsAllowed() {
    byte[] bytes = new byte[20];
    bytes[0] = (byte) 0xFF;
    PeerId id = PeerId.of(bytes);
    assertThat(id.hex()).isEqualTo("ff" + "00".repeat(19));
    assertThat(id.isSluice()).isFalse();
    assertThat(id).isGreaterThan(PeerId.of(new byte[20]));
    assertThatThrownBy(() -> PeerId.of(new byte[21])).isInstanceOf(WireException.class);
  }
}
