package io.sluice.transport;

import io.sluice.wire.Handshake;
import io.sluice.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One connection to a peer that has shaken hands: messages in order, both ways, until it is closed.
 *
 * <p>All methods are safe for any thread and none blocks.
 */
public interface PeerLink {

  /** How the peer is reached. */
  enum Kind {
    WEBRTC,
    TCP,
    /** A BEP 19 server behind the same interface. */
    WEB_SEED,
    /** Both ends in one process, for tests. */
    MEMORY
  }

  Kind kind();

  /** What the other side said in its handshake. */
  Handshake remote();

  /** Whether this side made the connection: dialled, or made the offer that was answered. */
  boolean initiatedHere();

  /** Where the peer is, for people: an address, or an empty text when it is not known. */
  String address();

  /**
   * The peer's end of the connection, where it has one of its own: for bans, and for peer exchange
   * (BEP 11) when {@link #initiatedHere}, since only then the peer is known to listen there.
   */
  default Optional<InetSocketAddress> remoteAddress() {
    return Optional.empty();
  }

  /**
   * Begins to deliver messages to a listener; those that came before are delivered first. Called
   * once.
   */
  void start(Listener listener);

  /**
   * Queues a message, which may stay until {@link #flush}. The payload of a block is copied or sent
   * before this returns, so that its owner may release it.
   *
   * @return whether it was taken; {@code false} when the link is closed or the queue is over its
   *     bound, in which case the link closes itself
   */
  boolean send(PeerMessage message);

  /**
   * Lets go of what was sent so far: nothing that could go with it follows at once. A message that
   * goes alone costs either end a system call or a turn of a thread.
   */
  default void flush() {}

  /** Bytes that are queued here and not yet on their way. */
  long queuedBytes();

  /**
   * Whether more blocks should be sent now: {@link #queuedBytes} is under the link's high-water
   * mark. Once this was {@code false} the listener hears {@link Listener#writable} when it is true
   * again.
   */
  boolean writable();

  /** Closes the connection; the listener hears of it unless it was closed already. */
  void close(String reason);

  /**
   * Hears what a link has to say, on the transport's own threads, one call at a time per link. Must
   * return at once and never throw.
   */
  interface Listener {
    void message(PeerMessage message);

    /** There is room again after {@link PeerLink#writable} was {@code false}. */
    void writable();

    /** The last call: nothing comes after it. */
    void closed(String reason);
  }
}
