package io.sluice.discovery;

/**
 * An open WebSocket to a tracker. Confined to the event loop, as is its {@link Listener}; nothing
 * throws.
 */
interface TrackerWire {

  /** Queues one message, in one frame. */
  void send(String text);

  void ping();

  /** Says good-bye and closes the connection; the listener hears of it. */
  void close();

  /** Hears of a connection: perhaps that it is open, and at last that it is closed. */
  interface Listener {
    void opened(TrackerWire wire);

    /** One whole message, text or binary. */
    void message(byte[] utf8);

    /** A pong has come. */
    void alive();

    /** The last call; also when the connection could not be opened. */
    void closed(String reason);
  }
}
