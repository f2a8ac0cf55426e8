package io.sluice.wire;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The place of a DHT node or of a torrent in the key space of BEP 5: 160 bits; immutable.
 *
 * <p>Distance is the XOR of two ids, read as an unsigned number. Safe for any thread.
 */
public final class NodeId {

  public static final int BYTES = 20;
  public static final int BITS = 8 * BYTES;

  private final byte[] bytes;

  private NodeId(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Copies 20 bytes.
   *
   * @throws WireException when there are not exactly 20
   */
  public static NodeId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new WireException("a node id has 20 bytes, not " + bytes.length);
    }
    return new NodeId(bytes.clone());
  }

  /** The key under which the peers of a torrent are kept. */
  public static NodeId of(InfoHash infoHash) {
    return new NodeId(infoHash.bytes());
  }

  public static NodeId random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new NodeId(bytes);
  }

  /** A fresh copy of the 20 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Which of two ids is nearer to this one: negative for {@code a}, positive for {@code b}. */
  public int compareDistance(NodeId a, NodeId b) {
    int at = Arrays.mismatch(a.bytes, b.bytes);
    if (at < 0) {
      return 0;
    }
    return Integer.compare((a.bytes[at] ^ bytes[at]) & 0xFF, (b.bytes[at] ^ bytes[at]) & 0xFF);
  }

  /** How many leading bits two ids have in common, 0..160. */
  public int sharedBits(NodeId other) {
    int at = Arrays.mismatch(bytes, other.bytes);
    if (at < 0) {
      return BITS;
    }
    int difference = (bytes[at] ^ other.bytes[at]) & 0xFF;
    return 8 * at + Integer.numberOfLeadingZeros(difference) - 24;
  }

  /**
   * A random id that shares exactly {@code sharedBits} leading bits with this one.
   *
   * @param sharedBits 0..159
   */
  public NodeId randomSharing(int sharedBits, RandomGenerator random) {
    byte[] id = new byte[BYTES];
    random.nextBytes(id);
    int whole = sharedBits / 8;
    System.arraycopy(bytes, 0, id, 0, whole);
    int kept = 0xFF00 >> (sharedBits % 8) & 0xFF;
    int flipped = 0x80 >> (sharedBits % 8);
    int tail = 0xFF & ~kept & ~flipped;
    id[whole] = (byte) ((bytes[whole] & kept) | (~bytes[whole] & flipped) | (id[whole] & tail));
    return new NodeId(id);
  }

  /** 40 lower-case hex digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodeId that && Arrays.equals(bytes, that.bytes);
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
