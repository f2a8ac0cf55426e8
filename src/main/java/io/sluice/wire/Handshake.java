package io.sluice.wire;

/**
 * The 68 bytes that open every peer connection (BEP 3), without the fixed protocol string.
 *
 * @param extensions whether the peer speaks the extension protocol (BEP 10, reserved bit 20)
 * @param fast whether the peer speaks the fast extension (BEP 6)
 * @param dht whether the peer has a DHT node (BEP 5)
 */
public record Handshake(
    InfoHash infoHash, PeerId peerId, boolean extensions, boolean fast, boolean dht) {

  /** Length of an encoded handshake. */
  public static final int BYTES = 68;
}
