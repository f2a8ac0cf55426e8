package io.sluice.transport.tcp;

/** What a connection agreed on, as far as disguise goes. */
public enum TcpProtection {
  /** BitTorrent in the open. */
  NONE,
  /** A disguised handshake, and the stream after it in the open. */
  HANDSHAKE,
  /** RC4 from end to end. */
  STREAM
}
