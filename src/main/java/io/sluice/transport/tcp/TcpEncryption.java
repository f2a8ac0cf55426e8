package io.sluice.transport.tcp;

/**
 * When message stream encryption (MSE) is spoken.
 *
 * <p>It keeps networks from telling BitTorrent by its bytes; it proves nobody's identity and hides
 * nothing from whoever knows the infohash. Two things are agreed on separately: whether the
 * handshake is disguised, and whether everything after it is, by RC4.
 */
public enum TcpEncryption {
  /** Never: what does not begin as BitTorrent is closed. */
  OFF,

  /**
   * Wherever the other side can. We dial disguised, and once more in the open when the peer does
   * not understand; we accept either. As responder we choose the open stream after a disguised
   * handshake when the peer leaves us the choice: the disguise matters most for the first bytes,
   * while RC4 costs both sides a core per few hundred MB/s, and webtorrent and libtorrent choose
   * the same by default.
   */
  PREFER,

  /** Nothing but RC4, for the handshake and for the stream, both ways. */
  REQUIRE
}
