package io.sluice.transport.tcp;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/**
 * Listens on one address and gives each connection that may be a thread of its own.
 *
 * <p>Its loop does nothing but take and hand over, so that strangers cannot hold it up.
 */
final class Acceptor implements AutoCloseable {

  private static final int BACKLOG = 256;

  /** A break after the system had no descriptor to give: trying at once would only burn a core. */
  private static final long BREAK_MILLIS = 50;

  private final Surroundings around;
  private final Admission admission;
  private final Tallies tallies;
  private final ServerSocketChannel server;
  private final InetSocketAddress address;

  /**
   * Binds; {@link #run} is to follow.
   *
   * @throws IOException when that address cannot be listened on; the message names it
   */
  Acceptor(Surroundings around, Admission admission, Tallies tallies, InetSocketAddress listenOn)
      throws IOException {
    this.around = around;
    this.admission = admission;
    this.tallies = tallies;
    try {
      server = bound(listenOn);
      address = (InetSocketAddress) server.getLocalAddress();
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException(
          "cannot listen on TCP " + AddressText.of(listenOn) + ": " + e.getMessage(), e);
    }
  }

  private static ServerSocketChannel bound(InetSocketAddress address) throws IOException {
    ServerSocketChannel server =
        ServerSocketChannel.open(
            address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    try {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return server.bind(address, BACKLOG);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Where it listens, the port that was found included. */
  InetSocketAddress address() {
    return address;
  }

  /** Accepts until this is closed. */
  void run() {
    while (server.isOpen()) {
      try {
        take(server.accept());
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException noDescriptor) {
        tallies.notAccepted.increment();
        if (!rested()) {
          return;
        }
      }
    }
  }

  private static boolean rested() {
    try {
      Thread.sleep(BREAK_MILLIS);
      return true;
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void take(SocketChannel channel) throws IOException {
    Optional<Admission.Place> place = admitted(channel);
    if (place.isEmpty()) {
      tallies.refused.increment();
      refuse(channel);
      return;
    }
    try {
      around.threads().execute(() -> serve(channel, place.get()));
    } catch (RejectedExecutionException closing) {
      place.get().close();
      channel.close();
    }
  }

  private Optional<Admission.Place> admitted(SocketChannel channel) throws IOException {
    // Null when the peer was gone before we looked.
    return channel.getRemoteAddress() instanceof InetSocketAddress from
            && around.settings().admits().test(from.getAddress())
        ? admission.inbound(from.getAddress())
        : Optional.empty();
  }

  /** With a reset, so that our side need not remember the connection. */
  private static void refuse(SocketChannel channel) throws IOException {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } finally {
      channel.close();
    }
  }

  private void serve(SocketChannel channel, Admission.Place place) {
    try (Connection connection = new Connection(around, channel, place, false)) {
      TcpLink link = connection.open(connection.accept());
      tallies.linkedInbound.increment();
      connection.serve(link);
    } catch (HandshakeFailure failure) {
      tallies.failedInbound.increment();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
