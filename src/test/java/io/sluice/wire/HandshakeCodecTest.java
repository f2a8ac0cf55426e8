package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HandshakeCodecTest {

  private static final InfoHash INFO_HASH = InfoHash.parse("aa".repeat(20));
  private static final PeerId PEER_ID =
      PeerId.of("-WW0030-abc+/012ABCD".getBytes(StandardCharsets.US_ASCII));
  private static final String PROTOCOL = "13426974546f7272656e742070726f746f636f6c";

  @Test
  void goldenBytes() {
    Handshake all = new Handshake(INFO_HASH, PEER_ID, true, true, true);
    ByteBuffer encoded = HandshakeCodec.encode(all);
    assertThat(encoded.isDirect()).isTrue();
    assertThat(Messages.hex(encoded))
        .isEqualTo(PROTOCOL + "0000000000100005" + "aa".repeat(20) + PEER_ID.hex());
    Handshake none = new Handshake(INFO_HASH, PEER_ID, false, false, false);
    assertThat(Messages.hex(HandshakeCodec.encode(none))).startsWith(PROTOCOL + "0000000000000000");
  }

  @Test
  void roundTrips() {
    SeededCases.run(
        10_000,
        random -> {
          Handshake handshake = Messages.handshake(random);
          assertThat(HandshakeCodec.decode(HandshakeCodec.encode(handshake))).isEqualTo(handshake);
        });
  }

  @Test
  void leavesWhatFollows() {
    ByteBuffer bytes = Messages.hex(PROTOCOL + "ffffffffffffffff" + "00".repeat(40) + "0102");
    Handshake handshake = HandshakeCodec.decode(bytes);
    assertThat(handshake.extensions() && handshake.fast() && handshake.dht()).isTrue();
    assertThat(bytes.remaining()).isEqualTo(2);
  }

  @Test
  void refusesOtherProtocolsAndLengths() {
    String rest = "00".repeat(48);
    assertRefused(PROTOCOL + "00".repeat(47));
    assertRefused("");
    assertRefused(PROTOCOL.replaceFirst("13", "12") + rest);
    assertRefused(PROTOCOL.replaceFirst("42", "62") + rest);
    assertRefused("00".repeat(68));
  }

  private static void assertRefused(String hex) {
    assertThatThrownBy(() -> HandshakeCodec.decode(Messages.hex(hex)))
        .isInstanceOf(WireException.class);
  }
}
