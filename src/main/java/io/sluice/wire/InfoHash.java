package io.sluice.wire;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-1 of a torrent's info dictionary (BEP 3): exactly 20 bytes, immutable.
 *
 * <p>Safe for any thread.
 */
public final class InfoHash implements Comparable<InfoHash> {

  public static final int BYTES = 20;

  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private final byte[] bytes;

  private InfoHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies 20 bytes.
   *
   * @throws WireException when there are not exactly 20
   */
  public static InfoHash of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new WireException("an infohash has 20 bytes, not " + bytes.length);
    }
    return new InfoHash(bytes.clone());
  }

  /**
   * Reads 40 hex digits of any case, or 32 base32 digits (RFC 4648 section 6, any case, unpadded).
   *
   * @throws WireException when the text is neither
   */
  public static InfoHash parse(String text) {
    return switch (text.length()) {
      case 40 -> fromHex(text);
      case 32 -> fromBase32(text);
      default -> throw malformed();
    };
  }

  private static InfoHash fromHex(String text) {
    try {
      return new InfoHash(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException notHex) {
      throw malformed();
    }
  }

  private static InfoHash fromBase32(String text) {
    byte[] bytes = new byte[BYTES];
    long window = 0;
    int bits = 0;
    int filled = 0;
    for (int i = 0; i < text.length(); i++) {
      char digit = text.charAt(i);
      int value = BASE32.indexOf(digit >= 'a' && digit <= 'z' ? digit - 'a' + 'A' : digit);
      if (value < 0) {
        throw malformed();
      }
      window = (window << 5) | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[filled++] = (byte) (window >>> bits);
      }
    }
    return new InfoHash(bytes);
  }

  private static WireException malformed() {
    return new WireException("an infohash is 40 hex digits or 32 base32 digits");
  }

  /** A fresh copy of the 20 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 40 lower-case hex digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public int compareTo(InfoHash other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InfoHash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    // A SHA-1 is uniform already: its first four bytes are as good a hash as any.
    return bytes[0] << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
  }

  @Override
  public String toString() {
    return hex();
  }
}
