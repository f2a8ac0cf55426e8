package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The 20 bytes by which a peer names itself (BEP 3, BEP 20); immutable, any byte allowed.
 *
 * <p>Safe for any thread.
 */
public final class PeerId implements Comparable<PeerId> {

  public static final int BYTES = 20;

  /** What the ids of this program begin with, in the style of BEP 20. */
  public static final String OUR_PREFIX = "-SL0100-";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private final byte[] bytes;

  private PeerId(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies 20 bytes.
   *
   * @throws WireException when there are not exactly 20
   */
  public static PeerId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new WireException("a peer id has 20 bytes, not " + bytes.length);
    }
    return new PeerId(bytes.clone());
  }

  /** A new id of ours: {@link #OUR_PREFIX} and 12 random letters or digits. */
  public static PeerId random(RandomGenerator random) {
    StringBuilder id = new StringBuilder(OUR_PREFIX);
    while (id.length() < BYTES) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new PeerId(id.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** A fresh copy of the 20 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 40 lower-case hex digits; ids may hold any byte, so this is how logs show them. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  /** Whether the peer says that it is a Sluice. */
  public boolean isSluice() {
    byte[] prefix = "-SL".getBytes(StandardCharsets.US_ASCII);
    return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Compares the bytes as unsigned numbers. */
  @Override
  public int compareTo(PeerId other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerId that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
