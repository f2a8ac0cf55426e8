package io.sluice.swarm;

import io.sluice.wire.WireException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Which pieces a peer says it has. Before the metadata is known its words are remembered, within a
 * bound, and weighed once the number of pieces is known.
 *
 * <p>Confined to the swarm loop.
 */
final class PeerPieces {

  private static final int UNKNOWN = -1;

  private final int maxPieces;
  private BitSet bits = new BitSet();

  /** After have-all, while the number of pieces is not known: those it has lost since. */
  private final BitSet except = new BitSet();

  private boolean all;
  private int bitfieldBytes = UNKNOWN;
  private int pieces = UNKNOWN;

  PeerPieces(int maxPieces) {
    this.maxPieces = maxPieces;
  }

  /**
   * The number of pieces is known.
   *
   * @throws WireException when what the peer said before does not fit it
   */
  void learn(int count) {
    pieces = count;
    if (bitfieldBytes != UNKNOWN) {
      checkBytes(bitfieldBytes);
    }
    checkBits();
    if (all) {
      bits.set(0, count);
      bits.andNot(except);
    }
    except.clear();
  }

  /** Whether it has any; known before the number of pieces is. */
  boolean any() {
    return all || !bits.isEmpty();
  }

  boolean isEmpty() {
    return bits.isEmpty();
  }

  boolean has(int piece) {
    return bits.get(piece);
  }

  /** How many pieces it has. */
  int count() {
    return bits.cardinality();
  }

  /** The first piece at or after one that it has, or -1. */
  int next(int from) {
    return bits.nextSetBit(from);
  }

  /** Its pieces; not to be changed. */
  BitSet bits() {
    return bits;
  }

  void haveAll() {
    all = true;
    bitfieldBytes = UNKNOWN;
    bits = new BitSet();
    except.clear();
    if (pieces != UNKNOWN) {
      bits.set(0, pieces);
    }
  }

  void haveNone() {
    all = false;
    bitfieldBytes = UNKNOWN;
    bits = new BitSet();
  }

  /**
   * BEP 3: highest bit first, spare bits zero.
   *
   * @throws WireException when its length is not the torrent's
   */
  void bitfield(ByteBuffer field) {
    int bytes = field.remaining();
    if (bytes > (maxPieces + 7) / 8) {
      throw new WireException("a bitfield of " + bytes + " bytes");
    }
    if (pieces != UNKNOWN) {
      checkBytes(bytes);
    }
    all = false;
    bitfieldBytes = bytes;
    byte[] reversed = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      reversed[i] = (byte) (Integer.reverse(field.get(field.position() + i)) >>> 24);
    }
    bits = BitSet.valueOf(reversed);
    checkBits();
  }

  /**
   * The peer got a piece.
   *
   * @throws WireException when there is no such piece
   */
  void have(int piece) {
    check(piece);
    bits.set(piece);
    except.clear(piece);
  }

  /**
   * The peer lost a piece (BEP 54).
   *
   * @throws WireException when there is no such piece
   */
  void lost(int piece) {
    check(piece);
    bits.clear(piece);
    if (pieces == UNKNOWN) {
      except.set(piece);
    }
  }

  private void check(int piece) {
    if (piece < 0 || piece >= (pieces == UNKNOWN ? maxPieces : pieces)) {
      throw new WireException("there is no piece " + piece);
    }
  }

  private void checkBytes(int bytes) {
    if (bytes != (pieces + 7) / 8) {
      throw new WireException("a bitfield of " + bytes + " bytes for " + pieces + " pieces");
    }
  }

  private void checkBits() {
    if (pieces != UNKNOWN && bits.length() > pieces) {
      throw new WireException("there is no piece " + (bits.length() - 1));
    }
  }

  /** Encodes pieces as BEP 3 puts it, spare bits zero. */
  static ByteBuffer encode(BitSet held, int pieces) {
    byte[] field = new byte[(pieces + 7) / 8];
    for (int piece = held.nextSetBit(0);
        piece >= 0 && piece < pieces;
        piece = held.nextSetBit(piece + 1)) {
      field[piece >> 3] |= (byte) (0x80 >>> (piece & 7));
    }
    return ByteBuffer.wrap(field).asReadOnlyBuffer();
  }
}
