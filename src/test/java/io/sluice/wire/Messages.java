package io.sluice.wire;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** Random messages of every kind, and bytes as the tests write them. */
final class Messages {

  private Messages() {}

  static ByteBuffer hex(String digits) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(digits.replace(" ", "")));
  }

  static String hex(ByteBuffer bytes) {
    return HexFormat.of().formatHex(array(bytes));
  }

  static byte[] array(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }

  static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static PeerMessage peerMessage(Random random, int maxPayload) {
    int piece = random.nextInt() >>> 1;
    int begin = random.nextInt() >>> 1;
    int length = random.nextInt() >>> 1;
    ByteBuffer payload = ByteBuffer.wrap(bytes(random, random.nextInt(maxPayload + 1)));
    return switch (random.nextInt(18)) {
      case 0 -> new PeerMessage.KeepAlive();
      case 1 -> new PeerMessage.Choke();
      case 2 -> new PeerMessage.Unchoke();
      case 3 -> new PeerMessage.Interested();
      case 4 -> new PeerMessage.NotInterested();
      case 5 -> new PeerMessage.Have(piece);
      case 6 -> new PeerMessage.Bitfield(payload);
      case 7 -> new PeerMessage.Request(piece, begin, length);
      case 8 -> new PeerMessage.Block(piece, begin, payload);
      case 9 -> new PeerMessage.Cancel(piece, begin, length);
      case 10 -> new PeerMessage.Port(random.nextInt(0x10000));
      case 11 -> new PeerMessage.SuggestPiece(piece);
      case 12 -> new PeerMessage.HaveAll();
      case 13 -> new PeerMessage.HaveNone();
      case 14 -> new PeerMessage.RejectRequest(piece, begin, length);
      case 15 -> new PeerMessage.AllowedFast(piece);
      case 16 -> new PeerMessage.Extended(random.nextInt(256), payload);
      default -> new PeerMessage.Unknown(21 + random.nextInt(200), payload.remaining());
    };
  }

  static Handshake handshake(Random random) {
    return new Handshake(
        InfoHash.of(bytes(random, 20)),
        PeerId.of(bytes(random, 20)),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean());
  }

  static ExtendedHandshake extendedHandshake(Random random) {
    Map<String, Integer> ids = new HashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      ids.put("ext_" + random.nextInt(1000), random.nextInt(256));
    }
    return new ExtendedHandshake(
        ids,
        maybe(random, MetadataMessage.MAX_METADATA_BYTES),
        maybe(random, 0xFFFF),
        random.nextBoolean() ? Optional.of("Client " + random.nextInt(100)) : Optional.empty(),
        maybe(random, Integer.MAX_VALUE - 1));
  }

  private static OptionalInt maybe(Random random, int max) {
    return random.nextBoolean() ? OptionalInt.of(1 + random.nextInt(max)) : OptionalInt.empty();
  }

  static MetadataMessage metadataMessage(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new MetadataMessage.Request(random.nextInt() >>> 1);
      case 1 -> new MetadataMessage.Reject(random.nextInt() >>> 1);
      case 2 -> new MetadataMessage.Unknown(3 + random.nextInt(1000), random.nextInt(1000));
      default -> metadataData(random);
    };
  }

  private static MetadataMessage.Data metadataData(Random random) {
    int totalBytes = 1 + random.nextInt(100_000);
    int piece = random.nextInt(MetadataMessage.pieces(totalBytes));
    int length = MetadataMessage.bytesOf(piece, totalBytes);
    return new MetadataMessage.Data(piece, totalBytes, ByteBuffer.wrap(bytes(random, length)));
  }
}
