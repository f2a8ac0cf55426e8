package io.sluice.wire;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The payloads of {@link PeerMessage.Extended} that this program speaks.
 *
 * <pre>
 * extended handshake (BEP 10)  dictionary: m, metadata_size, p, reqq, v
 * ut_metadata (BEP 9)          dictionary: msg_type, piece, total_size | bytes of the piece
 * lt_donthave (BEP 54)         piece 4
 * </pre>
 *
 * <p>A handshake is read for what is usable in it: an entry of the wrong type or out of its range
 * counts as absent. Dictionaries are written canonical and with these keys only, because webtorrent
 * takes the first {@code ee} for the end of a ut_metadata dictionary.
 */
public final class ExtensionCodec {

  /** The longest extended handshake that is read. */
  static final BencodeLimits HANDSHAKE_LIMITS = new BencodeLimits(16 * 1024, 10, 2_000);

  /** The longest dictionary of a ut_metadata message that is read. */
  static final BencodeLimits METADATA_LIMITS = new BencodeLimits(1024, 4, 100);

  static final int MAX_EXTENSIONS = 64;
  static final int MAX_NAME_BYTES = 64;

  private static final int REQUEST = 0;
  private static final int DATA = 1;
  private static final int REJECT = 2;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private ExtensionCodec() {}

  /** The payload of an extended handshake. */
  public static ByteBuffer encode(ExtendedHandshake handshake) {
    Map<String, BValue> ids = new HashMap<>();
    handshake.ids().forEach((name, id) -> ids.put(name, new BInteger(id)));
    Map<String, BValue> entries = new HashMap<>();
    entries.put("m", BDictionary.of(ids));
    handshake.metadataBytes().ifPresent(n -> entries.put("metadata_size", new BInteger(n)));
    handshake.port().ifPresent(n -> entries.put("p", new BInteger(n)));
    handshake.requestQueue().ifPresent(n -> entries.put("reqq", new BInteger(n)));
    handshake.client().ifPresent(text -> entries.put("v", BString.of(text)));
    return ByteBuffer.wrap(Bencode.encode(BDictionary.of(entries)));
  }

  /**
   * Reads an extended handshake; what follows its dictionary is ignored.
   *
   * @throws WireException when it is not a dictionary within bounds
   */
  public static ExtendedHandshake decodeHandshake(ByteBuffer payload) {
    BDictionary entries = dictionary(payload, HANDSHAKE_LIMITS);
    return new ExtendedHandshake(
        ids(entries),
        number(entries, "metadata_size", MetadataMessage.MAX_METADATA_BYTES),
        number(entries, "p", 0xFFFF),
        entries.string("v").map(BString::printable).filter(name -> !name.isBlank()),
        number(entries, "reqq", Integer.MAX_VALUE));
  }

  private static Map<String, Integer> ids(BDictionary entries) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    entries.dictionary("m").ifPresent(m -> m.forEach((name, id) -> addId(ids, name, id)));
    return ids;
  }

  private static void addId(Map<String, Integer> ids, BString name, BValue value) {
    boolean room = ids.size() < MAX_EXTENSIONS && name.length() <= MAX_NAME_BYTES;
    if (room && value instanceof BInteger(long id) && id >= 0 && id <= 0xFF) {
      name.strictText().ifPresent(text -> ids.putIfAbsent(text, (int) id));
    }
  }

  /** An integer in 1..max, or nothing. */
  private static OptionalInt number(BDictionary entries, String key, int max) {
    OptionalLong value = entries.integer(key);
    return value.isPresent() && value.getAsLong() >= 1 && value.getAsLong() <= max
        ? OptionalInt.of((int) value.getAsLong())
        : OptionalInt.empty();
  }

  /** The payload of a ut_metadata message. */
  public static ByteBuffer encode(MetadataMessage message) {
    return switch (message) {
      case MetadataMessage.Request(int piece) -> metadata(REQUEST, piece, Map.of(), NOTHING);
      case MetadataMessage.Reject(int piece) -> metadata(REJECT, piece, Map.of(), NOTHING);
      case MetadataMessage.Unknown(int type, int piece) -> metadata(type, piece, Map.of(), NOTHING);
      case MetadataMessage.Data(int piece, int totalBytes, var bytes) ->
          metadata(DATA, piece, Map.of("total_size", new BInteger(totalBytes)), bytes);
    };
  }

  private static ByteBuffer metadata(
      int type, int piece, Map<String, BValue> more, ByteBuffer bytes) {
    Map<String, BValue> entries = new HashMap<>(more);
    entries.put("msg_type", new BInteger(type));
    entries.put("piece", new BInteger(piece));
    byte[] header = Bencode.encode(BDictionary.of(entries));
    return ByteBuffer.allocate(header.length + bytes.remaining())
        .put(header)
        .put(bytes.duplicate())
        .flip();
  }

  /**
   * Reads a ut_metadata message. The bytes of a {@link MetadataMessage.Data} are a view of the
   * payload.
   *
   * @throws WireException when the dictionary lacks a number or the data has not the length that
   *     its place demands
   */
  public static MetadataMessage decodeMetadata(ByteBuffer payload) {
    ByteBuffer rest = payload.duplicate();
    BDictionary entries = dictionary(rest, METADATA_LIMITS);
    int type = required(entries, "msg_type");
    return switch (type) {
      case REQUEST -> new MetadataMessage.Request(required(entries, "piece"));
      case DATA ->
          new MetadataMessage.Data(
              required(entries, "piece"), required(entries, "total_size"), rest.slice());
      case REJECT -> new MetadataMessage.Reject(required(entries, "piece"));
      default -> new MetadataMessage.Unknown(type, optional(entries, "piece"));
    };
  }

  private static int required(BDictionary entries, String key) {
    OptionalLong value = entries.integer(key);
    if (value.isEmpty() || value.getAsLong() != (int) value.getAsLong()) {
      throw new WireException("ut_metadata without a usable " + key);
    }
    return (int) value.getAsLong();
  }

  private static int optional(BDictionary entries, String key) {
    long value = entries.integer(key).orElse(0);
    return value == (int) value ? (int) value : 0;
  }

  private static BDictionary dictionary(ByteBuffer payload, BencodeLimits limits) {
    if (Bencode.decodePrefix(payload, limits) instanceof BDictionary entries) {
      return entries;
    }
    throw new WireException("an extension message begins with a dictionary");
  }

  /** The payload of an lt_donthave message. */
  public static ByteBuffer encodeDontHave(int piece) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(piece).flip();
  }

  /**
   * Reads an lt_donthave message: the number of the piece that the peer has no more.
   *
   * @throws WireException when it is not 4 bytes, or negative
   */
  public static int decodeDontHave(ByteBuffer payload) {
    if (payload.remaining() != Integer.BYTES) {
      throw new WireException("lt_donthave of " + payload.remaining() + " bytes");
    }
    int piece = payload.getInt(payload.position());
    if (piece < 0) {
      throw new WireException("lt_donthave of a negative piece");
    }
    return piece;
  }
}
