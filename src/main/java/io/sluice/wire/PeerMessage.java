package io.sluice.wire;

import java.nio.ByteBuffer;

/**
 * One length-prefixed message of the peer protocol (BEP 3, BEP 6, BEP 10); immutable once decoded.
 *
 * <p>Indexes and offsets are never negative. Whether they lie inside a torrent is for the reader of
 * the message to say: a codec knows no torrent.
 */
public sealed interface PeerMessage {

  /** Length of a full block; the largest request that this program makes or answers. */
  int BLOCK_BYTES = 16 * 1024;

  record KeepAlive() implements PeerMessage {}

  record Choke() implements PeerMessage {}

  record Unchoke() implements PeerMessage {}

  record Interested() implements PeerMessage {}

  record NotInterested() implements PeerMessage {}

  record Have(int piece) implements PeerMessage {}

  /** Which pieces the peer has, highest bit first; read-only, spare bits unchecked. */
  record Bitfield(ByteBuffer bits) implements PeerMessage {}

  record Request(int piece, int begin, int length) implements PeerMessage {}

  /** A block of a piece; {@code bytes} is read-only and belongs to the message. */
  record Block(int piece, int begin, ByteBuffer bytes) implements PeerMessage {}

  record Cancel(int piece, int begin, int length) implements PeerMessage {}

  /** The peer's DHT port (BEP 5), 0..65535. */
  record Port(int port) implements PeerMessage {}

  record SuggestPiece(int piece) implements PeerMessage {}

  record HaveAll() implements PeerMessage {}

  record HaveNone() implements PeerMessage {}

  record RejectRequest(int piece, int begin, int length) implements PeerMessage {}

  record AllowedFast(int piece) implements PeerMessage {}

  /**
   * A message of an extension (BEP 10): id 0 is the extended handshake, the others are those that
   * the receiver chose in its own.
   *
   * @param payload read-only, without the two id bytes
   */
  record Extended(int id, ByteBuffer payload) implements PeerMessage {}

  /** A message whose id this program does not know; skipped, as BEP 3 asks. */
  record Unknown(int id, int payloadBytes) implements PeerMessage {}
}
