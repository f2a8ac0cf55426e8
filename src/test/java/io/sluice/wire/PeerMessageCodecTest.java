package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerMessageCodecTest {

  record Golden(String hex, PeerMessage message) {}

  static final List<Golden> GOLDEN =
      List.of(
          new Golden("00000000", new PeerMessage.KeepAlive()),
          new Golden("00000001 00", new PeerMessage.Choke()),
          new Golden("00000001 01", new PeerMessage.Unchoke()),
          new Golden("00000001 02", new PeerMessage.Interested()),
          new Golden("00000001 03", new PeerMessage.NotInterested()),
          new Golden("00000005 04 00000007", new PeerMessage.Have(7)),
          new Golden("00000003 05 a080", new PeerMessage.Bitfield(Messages.hex("a080"))),
          new Golden(
              "0000000d 06 00000001 00004000 00004000", new PeerMessage.Request(1, 16384, 16384)),
          new Golden(
              "0000000c 07 00000001 00004000 616263",
              new PeerMessage.Block(1, 16384, Messages.hex("616263"))),
          new Golden(
              "0000000d 08 00000001 00004000 00004000", new PeerMessage.Cancel(1, 16384, 16384)),
          new Golden("00000003 09 1ae1", new PeerMessage.Port(6881)),
          new Golden("00000003 09 ffff", new PeerMessage.Port(65535)),
          new Golden("00000005 0d 00000007", new PeerMessage.SuggestPiece(7)),
          new Golden("00000001 0e", new PeerMessage.HaveAll()),
          new Golden("00000001 0f", new PeerMessage.HaveNone()),
          new Golden(
              "0000000d 10 00000001 00004000 00004000",
              new PeerMessage.RejectRequest(1, 16384, 16384)),
          new Golden("00000005 11 7fffffff", new PeerMessage.AllowedFast(Integer.MAX_VALUE)),
          new Golden(
              "00000006 14 03 00000005",
              new PeerMessage.Extended(3, ExtensionCodec.encodeDontHave(5))));

  @ParameterizedTest
  @FieldSource("GOLDEN")
  void goldenBytes(Golden golden) {
    ByteBuffer encoded = PeerMessageCodec.encode(golden.message());
    assertThat(encoded.isDirect()).isTrue();
    assertThat(Messages.hex(encoded)).isEqualTo(golden.hex().replace(" ", ""));
    assertThat(decode(Messages.hex(golden.hex()), 1 << 20)).containsExactly(golden.message());
  }

  @Test
  void headerOfAFullBlock() {
    PeerMessage block =
        new PeerMessage.Block(1, 16384, ByteBuffer.allocate(PeerMessage.BLOCK_BYTES));
    ByteBuffer encoded = PeerMessageCodec.encode(block);
    assertThat(encoded.remaining()).isEqualTo(16397);
    assertThat(Messages.hex(encoded.slice(0, 13))).isEqualTo("00004009070000000100004000");
  }

  @Test
  void roundTripsHoweverTheStreamIsCut() {
    SeededCases.run(
        10_000,
        random -> {
          List<PeerMessage> sent = new ArrayList<>();
          for (int i = 1 + random.nextInt(5); i > 0; i--) {
            sent.add(Messages.peerMessage(random, random.nextInt(20) == 0 ? 20_000 : 40));
          }
          assertThat(decodeInRandomChunks(stream(sent), random)).isEqualTo(sent);
        });
  }

  @Test
  void encodingLeavesThePayloadUnread() {
    PeerMessage.Block block = new PeerMessage.Block(0, 0, Messages.hex("01020304"));
    assertThat(PeerMessageCodec.encode(block)).isEqualTo(PeerMessageCodec.encode(block));
    block.bytes().get();
    assertThat(block.bytes().remaining()).isEqualTo(4);
  }

  @Test
  void blocksDoNotAliasTheChunk() {
    byte[] chunk = HexFormat.of().parseHex("0000000a070000000000000000aa");
    List<PeerMessage> messages = decode(ByteBuffer.wrap(chunk), 1 << 20);
    chunk[13] = 0;
    assertThat(messages)
        .containsExactly(new PeerMessage.Block(0, 0, ByteBuffer.wrap(new byte[] {(byte) 0xAA})));
    PeerMessage.Block block = (PeerMessage.Block) messages.getFirst();
    assertThat(block.bytes().isReadOnly()).isTrue();
  }

  @Test
  void unknownMessagesAreSkipped() {
    // Hash request (BEP 52), an id without payload, and a message that is known.
    ByteBuffer stream =
        Messages.hex("00000031 15" + "00".repeat(48) + "00000001 c8" + "00000001 01");
    assertThat(decode(stream, 100))
        .containsExactly(
            new PeerMessage.Unknown(0x15, 48),
            new PeerMessage.Unknown(0xC8, 0),
            new PeerMessage.Unchoke());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000002 00 00", // choke with a payload
        "00000004 04 000000", // have too short
        "00000006 04 00000000 00", // have too long
        "0000000c 06 00000001 00004000 000000", // request too short
        "0000000e 06 00000001 00004000 00004000 00", // request too long
        "00000008 07 00000001 000040", // block without its numbers
        "00000002 09 1a", // port too short
        "00000001 14", // extended without id
        "00000005 04 80000000", // negative numbers
        "0000000d 06 00000000 80000000 00004000",
        "0000000d 10 00000000 00000000 ffffffff",
        "00000009 07 00000000 ffffffff",
        "00000066 05", // over the bound of 101
        "00000066 c8",
        "7fffffff 07",
        "80000000", // would be negative
        "ffffffff",
      })
  void refuses(String hex) {
    assertThatThrownBy(() -> decode(Messages.hex(hex), 101)).isInstanceOf(WireException.class);
  }

  @Test
  void aBrokenStreamStaysBroken() {
    PeerMessageDecoder decoder = new PeerMessageDecoder(100);
    List<PeerMessage> messages = new ArrayList<>();
    assertThatThrownBy(
            () -> decoder.feed(Messages.hex("00000001 01 ffffffff 00000001 00"), messages::add))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> decoder.feed(Messages.hex("00000001 00"), messages::add))
        .isInstanceOf(WireException.class);
    assertThat(messages).containsExactly(new PeerMessage.Unchoke());
  }

  @Test
  void knowsWhenAMessageIsHalfRead() {
    PeerMessageDecoder decoder = new PeerMessageDecoder(100);
    assertThat(decoder.betweenMessages()).isTrue();
    for (String half : List.of("00", "00000c", "07", "0000000100004000", "6162")) {
      decoder.feed(Messages.hex(half), message -> {});
      assertThat(decoder.betweenMessages()).as(half).isFalse();
    }
    decoder.feed(Messages.hex("63"), message -> {});
    assertThat(decoder.betweenMessages()).isTrue();
  }

  @Test
  void numbersOutOfBoundsCannotBeMade() {
    assertThatThrownBy(() -> new PeerMessage.Have(-1)).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> new PeerMessage.Port(65536)).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> new PeerMessage.Extended(256, ByteBuffer.allocate(0)))
        .isInstanceOf(WireException.class);
  }

  private static ByteBuffer stream(List<PeerMessage> messages) {
    int bytes = messages.stream().mapToInt(PeerMessageCodec::encodedBytes).sum();
    ByteBuffer stream = ByteBuffer.allocate(bytes);
    messages.forEach(message -> PeerMessageCodec.encode(message, stream));
    assertThat(stream.hasRemaining()).isFalse();
    return stream.flip();
  }

  private static List<PeerMessage> decode(ByteBuffer stream, int maxMessageBytes) {
    List<PeerMessage> messages = new ArrayList<>();
    new PeerMessageDecoder(maxMessageBytes).feed(stream, messages::add);
    return messages;
  }

  private static List<PeerMessage> decodeInRandomChunks(ByteBuffer stream, Random random) {
    List<PeerMessage> messages = new ArrayList<>();
    PeerMessageDecoder decoder = new PeerMessageDecoder(1 << 20);
    int most = random.nextBoolean() ? 3 : 30_000;
    while (stream.hasRemaining()) {
      int length = Math.min(stream.remaining(), 1 + random.nextInt(most));
      // A chunk in a larger direct buffer, overwritten after the call, as a transport's would be.
      ByteBuffer chunk = ByteBuffer.allocateDirect(length + 2).position(1).limit(1 + length);
      chunk.put(1, stream, stream.position(), length);
      decoder.feed(chunk, messages::add);
      assertThat(chunk.hasRemaining()).isFalse();
      chunk.clear().put(new byte[length + 2]);
      stream.position(stream.position() + length);
    }
    assertThat(decoder.betweenMessages()).isTrue();
    return messages;
  }
}
