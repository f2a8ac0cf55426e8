package io.sluice.transport.tcp;

import io.sluice.transport.LinkInbox;
import io.sluice.transport.tcp.HandshakeFailure.Kind;
import io.sluice.transport.tcp.Handshakes.Shaken;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One open socket from its first byte to its last.
 *
 * <p>Confined to the one thread that serves it, but for {@link #abort}.
 */
final class Connection implements AutoCloseable, LinkWriter.Owner {

  private static final Logger LOG = Logger.getLogger(Connection.class);

  /**
   * How long a peer that dialled us may be silent after the handshake before we speak first.
   *
   * <p>Until then we let it: webtorrent listens to messages only a turn of its event loop after it
   * has read our handshake, and never hears those that came in the same packet. Whatever it says
   * shows that it is listening. As the side that dialled we have its handshake, which shows the
   * same.
   */
  static final Duration FIRST_WORD_LIMIT = Duration.ofMillis(250);

  /** A way to shake hands. */
  private interface Shake {
    Shaken hands() throws IOException, HandshakeFailure;
  }

  private final Surroundings around;
  private final SocketChannel channel;
  private final Admission.Place place;
  private final boolean initiatedHere;
  private final PeerInput in;
  private final PeerOutput out;
  private final LinkInbox inbox;
  private volatile @Nullable TcpLink link;
  private @Nullable TcpEndpoint torrent;
  private @Nullable LinkWriter held;

  /**
   * @param channel open and blocking; closed with this
   * @param place given back when this is closed
   */
  Connection(
      Surroundings around, SocketChannel channel, Admission.Place place, boolean initiatedHere) {
    this.around = around;
    this.channel = channel;
    this.place = place;
    this.initiatedHere = initiatedHere;
    this.in = new PeerInput(channel);
    this.out = new PeerOutput(channel);
    this.inbox = new LinkInbox(around.limits().maxInboxBytes(), this::listenerFailed);
    around.live().add(this);
    place.whenYielding(() -> abort("somebody else had to be let in"));
  }

  /** Shakes hands with the peer that dialled us. */
  Shaken accept() throws HandshakeFailure {
    return shake(() -> around.handshakes().accept(in, out));
  }

  /** Shakes hands with the peer that we dialled. */
  Shaken dial(TcpEndpoint torrent, boolean encrypted) throws HandshakeFailure {
    return shake(() -> around.handshakes().dial(in, out, torrent, encrypted));
  }

  private Shaken shake(Shake shake) throws HandshakeFailure {
    Deadlines.Deadline deadline =
        around.deadlines().close(channel, around.limits().handshakeLimit());
    HandshakeFailure failure;
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      Shaken shaken = shake.hands();
      if (deadline.met()) {
        place.shaken();
        return shaken;
      }
      failure = new HandshakeFailure(Kind.OVERDUE, "");
    } catch (WireException mistake) {
      failure = new HandshakeFailure(Kind.BROKEN, String.valueOf(mistake.getMessage()));
    } catch (IOException broken) {
      failure = new HandshakeFailure(Kind.CLOSED, "the peer closed the connection");
    } catch (HandshakeFailure other) {
      failure = other;
    }
    // A deadline closes the channel, which then looks as if the peer had.
    throw deadline.met()
        ? failure
        : new HandshakeFailure(Kind.OVERDUE, "the peer did not shake hands in time");
  }

  /** Makes the link and hands it to its torrent; {@link #serve} is to follow. */
  TcpLink open(Shaken shaken) throws HandshakeFailure {
    InetSocketAddress remoteAddress = remoteAddress();
    // Not before now: the encryption that was agreed on says where the buffers are best.
    LinkWriter writer =
        new LinkWriter(
            out,
            around.buffers(shaken.protection()).writing(),
            around.limits(),
            around.threads(),
            this,
            !initiatedHere);
    TcpLink made = new TcpLink(shaken, initiatedHere, remoteAddress, channel, writer, inbox);
    link = made;
    if (!initiatedHere) {
      held = writer;
      around.deadlines().after(FIRST_WORD_LIMIT, writer::release);
    }
    if (around.closing()) {
      throw new HandshakeFailure(Kind.CLOSED, "the transport was closed");
    }
    torrent = shaken.torrent();
    try {
      shaken.torrent().onLink().accept(made);
    } catch (RuntimeException fault) {
      listenerFailed(fault);
    }
    return made;
  }

  private InetSocketAddress remoteAddress() throws HandshakeFailure {
    try {
      return (InetSocketAddress) channel.getRemoteAddress();
    } catch (IOException closed) {
      throw new HandshakeFailure(Kind.CLOSED, "the connection was closed");
    }
  }

  /** Reads until the connection ends, and tells the link why it did. */
  void serve(TcpLink opened) {
    BufferPool pool = around.buffers(opened.protection()).reading();
    try {
      new LinkReader(
              in,
              pool,
              around.limits().maxMessageBytes(),
              this::message,
              Acknowledgement.of(channel))
          .readToEnd();
      opened.close("the peer closed the connection");
    } catch (WireException mistake) {
      opened.close("the peer sent " + mistake.getMessage());
    } catch (IOException broken) {
      opened.close("the connection broke");
    }
  }

  private void message(PeerMessage message) {
    LinkWriter waits = held;
    if (waits != null) {
      held = null;
      waits.release();
    }
    if (!inbox.message(message, PeerMessageCodec.encodedBytes(message))) {
      throw new WireException("more messages than were taken");
    }
  }

  @Override
  public void writable() {
    inbox.writable();
  }

  @Override
  public void writeFailed(String reason) {
    abort(reason);
  }

  private void listenerFailed(Throwable fault) {
    LOG.error("A listener of a TCP link failed, which it must not", fault);
    abort("a fault of ours");
  }

  /** Ends the connection, however far along it is; safe for any thread. */
  void abort(String reason) {
    TcpLink opened = link;
    if (opened != null) {
      opened.close(reason);
    } else {
      closeChannel();
    }
  }

  /** Gives everything up; on the thread that serves this, when it is done. */
  @Override
  public void close() {
    abort("the connection was closed");
    around.live().remove(this);
    place.close();
    tellTorrent();
  }

  private void tellTorrent() {
    TcpLink opened = link;
    TcpEndpoint told = torrent;
    if (opened != null && told != null) {
      try {
        told.onEnd().accept(opened);
      } catch (RuntimeException fault) {
        LOG.error("An endpoint failed to hear of the end of a link", fault);
      }
    }
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
