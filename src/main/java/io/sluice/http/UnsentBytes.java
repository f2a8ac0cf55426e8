package io.sluice.http;

import io.netty.channel.epoll.EpollSocketChannel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Bounds what the kernel takes of a response before the client has room for it (TCP_NOTSENT_LOWAT);
 * what is on its way to the client is not counted.
 *
 * <p>The kernel would take some megabytes for each viewer, and its memory for all connections is
 * bounded: when a thousand viewers have filled it, it resets connections, those first whose
 * response has been written to the end.
 */
final class UnsentBytes {

  /** Enough for the time in which the event loop comes back to a connection. */
  private static final int MOST = 256 * 1024;

  /** Answers up to this length are not worth more turns of the event loop. */
  private static final long SHORT = 2 << 20;

  private UnsentBytes() {}

  /**
   * For the connection of an answer of so many bytes, and what follows there. Does nothing where
   * the system's own transport is not in use. On the request's event loop.
   */
  static void bound(HttpServerRequest request, long answerBytes) {
    if (answerBytes > SHORT
        && request.connection() instanceof ConnectionBase connection
        && connection.channel() instanceof EpollSocketChannel socket) {
      var _ = socket.config().setTcpNotSentLowAt(MOST);
    }
  }
}
