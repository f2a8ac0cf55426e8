package io.sluice.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A bencoded string: bytes, which may or may not be text.
 *
 * <p>Decoded strings are slices of one array and do not copy it. Ordered by unsigned bytes, as the
 * keys of a dictionary are.
 */
public final class BString implements BValue, Comparable<BString> {

  private final byte[] source;
  private final int from;
  private final int to;

  /** Keeps the array: for the decoder, whose array nobody else can reach. */
  BString(byte[] source, int from, int to) {
    this.source = source;
    this.from = from;
    this.to = to;
  }

  /** Copies the bytes. */
  public static BString of(byte[] bytes) {
    return new BString(bytes.clone(), 0, bytes.length);
  }

  /** The text in UTF-8. */
  public static BString of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new BString(bytes, 0, bytes.length);
  }

  public int length() {
    return to - from;
  }

  /** A read-only view. */
  public ByteBuffer bytes() {
    return ByteBuffer.wrap(source, from, to - from).slice().asReadOnlyBuffer();
  }

  /** A fresh copy. */
  public byte[] toBytes() {
    return Arrays.copyOfRange(source, from, to);
  }

  /** The text in UTF-8; bytes that are not become U+FFFD. */
  public String text() {
    return new String(source, from, to - from, StandardCharsets.UTF_8);
  }

  /** The text, when the bytes are well-formed UTF-8. */
  public Optional<String> strictText() {
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(BString other) {
    return Arrays.compareUnsigned(source, from, to, other.source, other.from, other.to);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BString that
        && Arrays.equals(source, from, to, that.source, that.from, that.to);
  }

  @Override
  public int hashCode() {
    return bytes().hashCode();
  }

  /**
   * The text for people: its first 100 bytes, with a question mark for what cannot be shown or
   * would change how the rest is shown (control and formatting characters).
   */
  public String printable() {
    String text = new String(source, from, Math.min(to - from, 100), StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(printable(c) ? c : '?'));
    return out.toString();
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  @Override
  public String toString() {
    return printable();
  }
}
