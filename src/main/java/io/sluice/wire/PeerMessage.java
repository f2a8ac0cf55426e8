package io.sluice.wire;

import java.nio.ByteBuffer;

/**
 * One length-prefixed message of the peer protocol (BEP 3, BEP 6, BEP 10); immutable once decoded.
 *
 * <p>Indexes, offsets and lengths are never negative: the constructors throw {@link WireException}.
 * Whether they lie inside a torrent is for the reader of the message to say: a codec knows no
 * torrent. Payloads are read-only, and each call of their accessor gives a view of its own.
 */
public sealed interface PeerMessage {

  /** Length of a full block; the largest request that this program makes or answers. */
  int BLOCK_BYTES = 16 * 1024;

  record KeepAlive() implements PeerMessage {}

  record Choke() implements PeerMessage {}

  record Unchoke() implements PeerMessage {}

  record Interested() implements PeerMessage {}

  record NotInterested() implements PeerMessage {}

  record Have(int piece) implements PeerMessage {
    public Have {
      notNegative(piece);
    }
  }

  /** Which pieces the peer has, highest bit first; read-only, spare bits unchecked. */
  record Bitfield(ByteBuffer bits) implements PeerMessage {
    public Bitfield {
      bits = bits.asReadOnlyBuffer();
    }

    /** A view with a position of its own. */
    @Override
    public ByteBuffer bits() {
      return bits.duplicate();
    }
  }

  record Request(int piece, int begin, int length) implements PeerMessage {
    public Request {
      notNegative(piece);
      notNegative(begin);
      notNegative(length);
    }
  }

  /** A block of a piece; {@code bytes} is read-only and belongs to the message. */
  record Block(int piece, int begin, ByteBuffer bytes) implements PeerMessage {
    public Block {
      notNegative(piece);
      notNegative(begin);
      bytes = bytes.asReadOnlyBuffer();
    }

    /** A view with a position of its own. */
    @Override
    public ByteBuffer bytes() {
      return bytes.duplicate();
    }
  }

  record Cancel(int piece, int begin, int length) implements PeerMessage {
    public Cancel {
      notNegative(piece);
      notNegative(begin);
      notNegative(length);
    }
  }

  /** The peer's DHT port (BEP 5), 0..65535. */
  record Port(int port) implements PeerMessage {
    public Port {
      atMost(0xFFFF, port);
    }
  }

  record SuggestPiece(int piece) implements PeerMessage {
    public SuggestPiece {
      notNegative(piece);
    }
  }

  record HaveAll() implements PeerMessage {}

  record HaveNone() implements PeerMessage {}

  record RejectRequest(int piece, int begin, int length) implements PeerMessage {
    public RejectRequest {
      notNegative(piece);
      notNegative(begin);
      notNegative(length);
    }
  }

  record AllowedFast(int piece) implements PeerMessage {
    public AllowedFast {
      notNegative(piece);
    }
  }

  /**
   * A message of an extension (BEP 10): id 0 is the extended handshake, the others are those that
   * the receiver chose in its own.
   *
   * @param payload read-only, without the two id bytes
   */
  record Extended(int id, ByteBuffer payload) implements PeerMessage {
    public Extended {
      atMost(0xFF, id);
      payload = payload.asReadOnlyBuffer();
    }

    /** A view with a position of its own. */
    @Override
    public ByteBuffer payload() {
      return payload.duplicate();
    }
  }

  /** A message whose id this program does not know; skipped, as BEP 3 asks. */
  record Unknown(int id, int payloadBytes) implements PeerMessage {
    public Unknown {
      atMost(0xFF, id);
      notNegative(payloadBytes);
    }
  }

  private static void notNegative(int value) {
    if (value < 0) {
      throw new WireException("number out of bounds: " + Integer.toUnsignedString(value));
    }
  }

  private static void atMost(int max, int value) {
    if (value < 0 || value > max) {
      throw new WireException("number out of bounds: " + value);
    }
  }
}
