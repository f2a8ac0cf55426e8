package io.sluice.transport.tcp;

/** How a dial ended, so that the caller knows when, if ever, to try again. */
public sealed interface DialOutcome {

  /** Hands were shaken; the link has been handed to the endpoint of its torrent. */
  record Connected(TcpLink link) implements DialOutcome {}

  /** Nobody is there: refused, unreachable, no route. */
  record Unreachable(String reason) implements DialOutcome {}

  /** Nothing, or not enough, came in time. */
  record TimedOut(String reason) implements DialOutcome {}

  /**
   * Somebody is there and it came to no handshake: closed by the peer (which may have no room, or
   * not have the torrent), encryption that the two sides do not agree on, another torrent or not
   * BitTorrent.
   */
  record HandshakeFailed(String reason) implements DialOutcome {}

  /** The address leads back to us; never worth another try. */
  record Ourselves() implements DialOutcome {}

  /**
   * Not tried, for a reason of ours: too many connections or dials, an unknown torrent, or the
   * transport was closed. Says nothing about the peer.
   */
  record NotTried(String reason) implements DialOutcome {}
}
