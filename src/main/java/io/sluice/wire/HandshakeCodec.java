package io.sluice.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The opening of a peer connection (BEP 3).
 *
 * <pre>
 * 19 | "BitTorrent protocol" | reserved 8 | infohash 20 | peer id 20
 * </pre>
 *
 * <p>Reserved bits: byte 5 {@code 0x10} extension protocol (BEP 10), byte 7 {@code 0x04} fast
 * extension (BEP 6), byte 7 {@code 0x01} DHT (BEP 5); others are written as 0 and not looked at.
 */
public final class HandshakeCodec {

  private static final byte[] PROTOCOL = "BitTorrent protocol".getBytes(StandardCharsets.US_ASCII);
  private static final int RESERVED_BYTES = 8;

  private static final int EXTENSIONS_BYTE = 5;
  private static final int EXTENSIONS_BIT = 0x10;
  private static final int FAST_BYTE = 7;
  private static final int FAST_BIT = 0x04;
  private static final int DHT_BYTE = 7;
  private static final int DHT_BIT = 0x01;

  private HandshakeCodec() {}

  /** A fresh direct buffer of {@link Handshake#BYTES} bytes, ready to be read. */
  public static ByteBuffer encode(Handshake handshake) {
    byte[] reserved = new byte[RESERVED_BYTES];
    reserved[EXTENSIONS_BYTE] |= (byte) (handshake.extensions() ? EXTENSIONS_BIT : 0);
    reserved[FAST_BYTE] |= (byte) (handshake.fast() ? FAST_BIT : 0);
    reserved[DHT_BYTE] |= (byte) (handshake.dht() ? DHT_BIT : 0);
    return ByteBuffer.allocateDirect(Handshake.BYTES)
        .put((byte) PROTOCOL.length)
        .put(PROTOCOL)
        .put(reserved)
        .put(handshake.infoHash().bytes())
        .put(handshake.peerId().bytes())
        .flip();
  }

  /**
   * Reads {@link Handshake#BYTES} bytes and leaves what comes after them in the buffer.
   *
   * @throws WireException when there are fewer, or when the protocol is another one
   */
  public static Handshake decode(ByteBuffer bytes) {
    if (bytes.remaining() < Handshake.BYTES) {
      throw new WireException("a handshake has 68 bytes, not " + bytes.remaining());
    }
    byte[] protocol = new byte[PROTOCOL.length];
    int protocolBytes = bytes.get();
    bytes.get(protocol);
    if (protocolBytes != PROTOCOL.length || !Arrays.equals(protocol, PROTOCOL)) {
      throw new WireException("not the BitTorrent protocol");
    }
    byte[] reserved = new byte[RESERVED_BYTES];
    byte[] infoHash = new byte[InfoHash.BYTES];
    byte[] peerId = new byte[PeerId.BYTES];
    bytes.get(reserved).get(infoHash).get(peerId);
    return new Handshake(
        InfoHash.of(infoHash),
        PeerId.of(peerId),
        (reserved[EXTENSIONS_BYTE] & EXTENSIONS_BIT) != 0,
        (reserved[FAST_BYTE] & FAST_BIT) != 0,
        (reserved[DHT_BYTE] & DHT_BIT) != 0);
  }
}
