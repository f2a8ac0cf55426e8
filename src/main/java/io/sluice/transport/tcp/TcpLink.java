package io.sluice.transport.tcp;

import io.sluice.transport.LinkInbox;
import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.PeerMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A TCP connection over which both sides have shaken hands. */
public final class TcpLink implements PeerLink {

  private final Handshake remote;
  private final boolean initiatedHere;
  private final TcpProtection protection;
  private final InetSocketAddress remoteAddress;
  private final SocketChannel channel;
  private final LinkWriter writer;
  private final LinkInbox inbox;

  TcpLink(
      Handshakes.Shaken shaken,
      boolean initiatedHere,
      InetSocketAddress remoteAddress,
      SocketChannel channel,
      LinkWriter writer,
      LinkInbox inbox) {
    this.remote = shaken.remote();
    this.protection = shaken.protection();
    this.initiatedHere = initiatedHere;
    this.remoteAddress = remoteAddress;
    this.channel = channel;
    this.writer = writer;
    this.inbox = inbox;
  }

  @Override
  public Kind kind() {
    return Kind.TCP;
  }

  @Override
  public Handshake remote() {
    return remote;
  }

  @Override
  public boolean initiatedHere() {
    return initiatedHere;
  }

  /** What the two sides agreed on as far as disguise goes. */
  public TcpProtection protection() {
    return protection;
  }

  /** {@code ip:port}, an IPv6 address in brackets and as RFC 5952 writes it. */
  @Override
  public String address() {
    return AddressText.of(remoteAddress);
  }

  /** The peer's end of the connection; where it listens only when we dialled. */
  @Override
  public Optional<InetSocketAddress> remoteAddress() {
    return Optional.of(remoteAddress);
  }

  @Override
  public void start(Listener listener) {
    inbox.start(listener);
  }

  @Override
  public boolean send(PeerMessage message) {
    return writer.send(message);
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public long queuedBytes() {
    return writer.queuedBytes();
  }

  @Override
  public boolean writable() {
    return writer.writable();
  }

  @Override
  public void close(String reason) {
    writer.stop();
    var _ = inbox.closed(reason);
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  @Override
  public String toString() {
    return "TCP link to " + remote.peerId() + " at " + address();
  }
}
