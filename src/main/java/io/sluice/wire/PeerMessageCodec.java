package io.sluice.wire;

import io.sluice.wire.PeerMessage.AllowedFast;
import io.sluice.wire.PeerMessage.Bitfield;
import io.sluice.wire.PeerMessage.Block;
import io.sluice.wire.PeerMessage.Cancel;
import io.sluice.wire.PeerMessage.Choke;
import io.sluice.wire.PeerMessage.Extended;
import io.sluice.wire.PeerMessage.Have;
import io.sluice.wire.PeerMessage.HaveAll;
import io.sluice.wire.PeerMessage.HaveNone;
import io.sluice.wire.PeerMessage.Interested;
import io.sluice.wire.PeerMessage.KeepAlive;
import io.sluice.wire.PeerMessage.NotInterested;
import io.sluice.wire.PeerMessage.Port;
import io.sluice.wire.PeerMessage.RejectRequest;
import io.sluice.wire.PeerMessage.Request;
import io.sluice.wire.PeerMessage.SuggestPiece;
import io.sluice.wire.PeerMessage.Unchoke;
import io.sluice.wire.PeerMessage.Unknown;
import java.nio.ByteBuffer;

/**
 * Peer messages as bytes (BEP 3, BEP 6, BEP 10), all numbers big-endian.
 *
 * <pre>
 * length 4 | id 1 | payload
 * keep-alive: length 0 alone
 * 0 choke   1 unchoke   2 interested   3 not interested   14 have all   15 have none
 * 4 have, 13 suggest piece, 17 allowed fast: piece 4
 * 5 bitfield: bits
 * 6 request, 8 cancel, 16 reject request: piece 4 | begin 4 | length 4
 * 7 block: piece 4 | begin 4 | bytes
 * 9 port: port 2
 * 20 extended: extension id 1 | payload
 * </pre>
 */
public final class PeerMessageCodec {

  static final int CHOKE = 0;
  static final int UNCHOKE = 1;
  static final int INTERESTED = 2;
  static final int NOT_INTERESTED = 3;
  static final int HAVE = 4;
  static final int BITFIELD = 5;
  static final int REQUEST = 6;
  static final int BLOCK = 7;
  static final int CANCEL = 8;
  static final int PORT = 9;
  static final int SUGGEST_PIECE = 13;
  static final int HAVE_ALL = 14;
  static final int HAVE_NONE = 15;
  static final int REJECT_REQUEST = 16;
  static final int ALLOWED_FAST = 17;
  static final int EXTENDED = 20;

  static final int PREFIX_BYTES = 4;

  private PeerMessageCodec() {}

  /** Bytes on the wire, the 4-byte length prefix included. */
  public static int encodedBytes(PeerMessage message) {
    return switch (message) {
      case KeepAlive() -> 4;
      case Choke(), Unchoke(), Interested(), NotInterested(), HaveAll(), HaveNone() -> 5;
      case Port(_) -> 7;
      case Have(_), SuggestPiece(_), AllowedFast(_) -> 9;
      case Request(_, _, _), Cancel(_, _, _), RejectRequest(_, _, _) -> 17;
      case Bitfield(var bits) -> 5 + bits.remaining();
      case Extended(_, var payload) -> 6 + payload.remaining();
      case Block(_, _, var bytes) -> 13 + bytes.remaining();
      case Unknown(_, int payloadBytes) -> 5 + payloadBytes;
    };
  }

  /** A fresh direct buffer with the whole message, ready to be read. */
  public static ByteBuffer encode(PeerMessage message) {
    ByteBuffer out = ByteBuffer.allocateDirect(encodedBytes(message));
    encode(message, out);
    return out.flip();
  }

  /**
   * Writes the whole message at the buffer's position, for callers that reuse their buffers.
   *
   * @param out big-endian, with room for {@link #encodedBytes}
   * @throws java.nio.BufferOverflowException when there is less room
   */
  public static void encode(PeerMessage message, ByteBuffer out) {
    out.putInt(encodedBytes(message) - PREFIX_BYTES);
    switch (message) {
      case KeepAlive() -> {}
      case Choke() -> id(out, CHOKE);
      case Unchoke() -> id(out, UNCHOKE);
      case Interested() -> id(out, INTERESTED);
      case NotInterested() -> id(out, NOT_INTERESTED);
      case Have(int piece) -> id(out, HAVE).putInt(piece);
      case Bitfield(var bits) -> id(out, BITFIELD).put(bits);
      case Request(int piece, int begin, int length) ->
          id(out, REQUEST).putInt(piece).putInt(begin).putInt(length);
      case Block(int piece, int begin, var bytes) ->
          id(out, BLOCK).putInt(piece).putInt(begin).put(bytes);
      case Cancel(int piece, int begin, int length) ->
          id(out, CANCEL).putInt(piece).putInt(begin).putInt(length);
      case Port(int port) -> id(out, PORT).putShort((short) port);
      case SuggestPiece(int piece) -> id(out, SUGGEST_PIECE).putInt(piece);
      case HaveAll() -> id(out, HAVE_ALL);
      case HaveNone() -> id(out, HAVE_NONE);
      case RejectRequest(int piece, int begin, int length) ->
          id(out, REJECT_REQUEST).putInt(piece).putInt(begin).putInt(length);
      case AllowedFast(int piece) -> id(out, ALLOWED_FAST).putInt(piece);
      case Extended(int id, var payload) -> id(out, EXTENDED).put((byte) id).put(payload);
      case Unknown(int id, int payloadBytes) -> id(out, id).put(new byte[payloadBytes]);
    }
  }

  /** Whether a message id is one of the above. */
  static boolean knows(int id) {
    return id <= PORT || (id >= SUGGEST_PIECE && id <= ALLOWED_FAST) || id == EXTENDED;
  }

  /** Bytes of the numbers that follow a known id. */
  static int numberBytes(int id) {
    return switch (id) {
      case HAVE, SUGGEST_PIECE, ALLOWED_FAST -> 4;
      case REQUEST, CANCEL, REJECT_REQUEST -> 12;
      case BLOCK -> 8;
      case PORT -> 2;
      case EXTENDED -> 1;
      default -> 0;
    };
  }

  /** Whether bytes of any length follow the numbers of a known id. */
  static boolean hasPayload(int id) {
    return id == BITFIELD || id == BLOCK || id == EXTENDED;
  }

  private static ByteBuffer id(ByteBuffer out, int id) {
    return out.put((byte) id);
  }
}
