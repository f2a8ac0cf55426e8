package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExtensionCodecTest {

  @Test
  void goldenMetadataMessages() {
    assertThat(text(ExtensionCodec.encode(new MetadataMessage.Request(0))))
        .isEqualTo("d8:msg_typei0e5:piecei0ee");
    assertThat(text(ExtensionCodec.encode(new MetadataMessage.Reject(3))))
        .isEqualTo("d8:msg_typei2e5:piecei3ee");
    byte[] last = new byte[34256 - 2 * 16384];
    assertThat(
            text(ExtensionCodec.encode(new MetadataMessage.Data(2, 34256, ByteBuffer.wrap(last)))))
        .startsWith("d8:msg_typei1e5:piecei2e10:total_sizei34256ee\0")
        .hasSize(45 + last.length);
  }

  @Test
  void goldenHandshake() {
    ExtendedHandshake handshake =
        new ExtendedHandshake(
            Map.of("ut_metadata", 1, "lt_donthave", 2),
            OptionalInt.of(34256),
            OptionalInt.of(6881),
            Optional.of("Sluice"),
            OptionalInt.of(250));
    assertThat(text(ExtensionCodec.encode(handshake)))
        .isEqualTo(
            "d1:md11:lt_donthavei2e11:ut_metadatai1ee"
                + "13:metadata_sizei34256e1:pi6881e4:reqqi250e1:v6:Sluicee");
  }

  @Test
  void handshakesRoundTrip() {
    SeededCases.run(
        10_000,
        random -> {
          ExtendedHandshake sent = Messages.extendedHandshake(random);
          assertThat(ExtensionCodec.decodeHandshake(ExtensionCodec.encode(sent))).isEqualTo(sent);
        });
  }

  @Test
  void metadataMessagesRoundTrip() {
    SeededCases.run(
        10_000,
        random -> {
          MetadataMessage sent = Messages.metadataMessage(random);
          assertThat(ExtensionCodec.decodeMetadata(ExtensionCodec.encode(sent))).isEqualTo(sent);
        });
  }

  @Test
  void dontHaveRoundTrips() {
    assertThat(Messages.hex(ExtensionCodec.encodeDontHave(5))).isEqualTo("00000005");
    SeededCases.run(
        10_000,
        random -> {
          int piece = random.nextInt() >>> 1;
          assertThat(ExtensionCodec.decodeDontHave(ExtensionCodec.encodeDontHave(piece)))
              .isEqualTo(piece);
        });
    for (String bad : new String[] {"", "000000", "0000000000", "80000000"}) {
      assertThatThrownBy(() -> ExtensionCodec.decodeDontHave(Messages.hex(bad)))
          .isInstanceOf(WireException.class);
    }
  }

  @Test
  void unusableEntriesOfAHandshakeAreLeftOut() {
    ExtendedHandshake read =
        ExtensionCodec.decodeHandshake(
            buffer(
                "d1:md1:ai256e1:bi-1e1:c1:x1:di7ee13:metadata_sizei10000001e"
                    + "1:pi65536e4:reqqi0e1:vi5eeTRAILER"));
    assertThat(read)
        .isEqualTo(
            new ExtendedHandshake(
                Map.of("d", 7),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                OptionalInt.empty()));
    assertThat(ExtensionCodec.decodeHandshake(buffer("d1:mi1e6:yourip4:abcde")).ids()).isEmpty();
  }

  @Test
  void clientNamesAreBoundedAndShowable() {
    String name = "x\u0007".repeat(200);
    ExtendedHandshake read =
        ExtensionCodec.decodeHandshake(buffer("d1:v" + name.length() + ":" + name + "e"));
    assertThat(read.client().orElseThrow()).hasSize(100);
    assertThat(read.client().orElseThrow()).startsWith("x?x?");
  }

  @Test
  void numberOfExtensionsIsBounded() {
    StringBuilder m = new StringBuilder("d1:md");
    for (int i = 100; i < 300; i++) {
      m.append("3:").append(i).append("i1e");
    }
    assertThat(ExtensionCodec.decodeHandshake(buffer(m + "ee")).ids())
        .hasSize(ExtensionCodec.MAX_EXTENSIONS);
  }

  @Test
  void unknownMetadataTypesAreNotErrors() {
    assertThat(ExtensionCodec.decodeMetadata(buffer("d8:msg_typei9ee")))
        .isEqualTo(new MetadataMessage.Unknown(9, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "i0e",
        "le",
        "d",
        "d5:piecei0ee",
        "d8:msg_typei0ee",
        "d8:msg_type1:05:piecei0ee",
        "d8:msg_typei0e5:piecei-1ee",
        "d8:msg_typei0e5:piecei4294967296ee",
        "d8:msg_typei1e5:piecei0ee", // no total_size
        "d8:msg_typei1e5:piecei0e10:total_sizei3eeab", // too short
        "d8:msg_typei1e5:piecei0e10:total_sizei3eeabcd", // too long
        "d8:msg_typei1e5:piecei1e10:total_sizei3ee", // no such piece
        "d8:msg_typei1e5:piecei0e10:total_sizei0ee",
        "d8:msg_typei1e5:piecei0e10:total_sizei10000001eeabc",
      })
  void refusesMetadataMessages(String bad) {
    assertThatThrownBy(() -> ExtensionCodec.decodeMetadata(buffer(bad)))
        .isInstanceOf(WireException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "i0e", "1:a", "d1:m", "lllllllllllleeeeeeeeeeee"})
  void refusesHandshakes(String bad) {
    assertThatThrownBy(() -> ExtensionCodec.decodeHandshake(buffer(bad)))
        .isInstanceOf(WireException.class);
  }

  private static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String text(ByteBuffer bytes) {
    return new String(Messages.array(bytes), StandardCharsets.ISO_8859_1);
  }
}
