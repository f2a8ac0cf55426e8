package io.sluice.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bencode to values and back (BEP 3).
 *
 * <p>Decoders copy their input once, within the limits, and values are slices of that copy.
 */
public final class Bencode {

  private Bencode() {}

  /**
   * What a lenient decoder read.
   *
   * @param canonical whether encoding the value gives the same bytes: integers without needless
   *     zeros, keys sorted and unique
   */
  public record Decoded(BValue value, boolean canonical) {}

  /**
   * Reads a whole input that may lack the canonical form: for what others published.
   *
   * @throws WireException when it is not bencode, exceeds a limit, or something follows the value
   */
  public static Decoded decode(ByteBuffer bytes, BencodeLimits limits) {
    return whole(bytes, limits, false);
  }

  /**
   * Reads a whole input that must have the canonical form: for what we publish.
   *
   * @throws WireException as {@link #decode}, or when the form is not canonical
   */
  public static BValue decodeStrict(ByteBuffer bytes, BencodeLimits limits) {
    return whole(bytes, limits, true).value();
  }

  /**
   * Reads one value, canonical or not, and leaves what comes after it in the buffer.
   *
   * @throws WireException when there is none, or it exceeds a limit
   */
  public static BValue decodePrefix(ByteBuffer bytes, BencodeLimits limits) {
    byte[] copy = new byte[Math.min(bytes.remaining(), limits.maxBytes())];
    bytes.get(bytes.position(), copy);
    BencodeDecoder decoder = new BencodeDecoder(copy, limits, false);
    BValue value = decoder.value();
    bytes.position(bytes.position() + decoder.position());
    return value;
  }

  private static Decoded whole(ByteBuffer bytes, BencodeLimits limits, boolean strict) {
    if (bytes.remaining() > limits.maxBytes()) {
      throw new WireException("bencode: longer than " + limits.maxBytes() + " bytes");
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    BencodeDecoder decoder = new BencodeDecoder(copy, limits, strict);
    BValue value = decoder.value();
    if (decoder.position() < copy.length) {
      throw new WireException("bencode: something follows at byte " + decoder.position());
    }
    return new Decoded(value, decoder.canonical());
  }

  /** The canonical encoding: keys sorted by their bytes; of a key that comes twice, the first. */
  public static byte[] encode(BValue value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(value, out);
    return out.toByteArray();
  }

  /**
   * The canonical encoding of a dictionary with one entry more, whose value is encoded already and
   * goes out as it is: for an info dictionary, whose bytes must not change.
   */
  public static byte[] encodeWith(BDictionary dictionary, String key, ByteBuffer encoded) {
    Map<BString, ByteBuffer> sorted = new TreeMap<>();
    dictionary.forEach((name, value) -> sorted.putIfAbsent(name, ByteBuffer.wrap(encode(value))));
    sorted.put(BString.of(key), encoded.duplicate());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('d');
    sorted.forEach(
        (name, value) -> {
          write(name, out);
          byte[] copy = new byte[value.remaining()];
          value.get(copy);
          out.writeBytes(copy);
        });
    out.write('e');
    return out.toByteArray();
  }

  private static void write(BValue value, ByteArrayOutputStream out) {
    switch (value) {
      case BInteger(long number) -> writeAscii("i" + number + "e", out);
      case BString string -> {
        writeAscii(string.length() + ":", out);
        out.writeBytes(string.toBytes());
      }
      case BList(var values) -> {
        out.write('l');
        values.forEach(element -> write(element, out));
        out.write('e');
      }
      case BDictionary dictionary -> {
        Map<BString, BValue> sorted = new TreeMap<>();
        dictionary.forEach(sorted::putIfAbsent);
        out.write('d');
        sorted.forEach(
            (key, element) -> {
              write(key, out);
              write(element, out);
            });
        out.write('e');
      }
    }
  }

  private static void writeAscii(String text, ByteArrayOutputStream out) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }
}
