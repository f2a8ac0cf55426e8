package io.sluice.transport.webrtc;

import io.sluice.transport.LinkInbox;
import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.PeerMessage;
import java.util.function.Consumer;

/** A data channel over which both sides have shaken hands. */
final class WebrtcLink implements PeerLink {

  private final Handshake remote;
  private final boolean initiatedHere;
  private final String address;
  private final ChannelWriter writer;
  private final LinkInbox inbox;
  private final Consumer<String> closer;

  /**
   * @param closer closes the connection, on a thread of its own
   */
  WebrtcLink(
      Handshake remote,
      boolean initiatedHere,
      String address,
      ChannelWriter writer,
      LinkInbox inbox,
      Consumer<String> closer) {
    this.remote = remote;
    this.initiatedHere = initiatedHere;
    this.address = address;
    this.writer = writer;
    this.inbox = inbox;
    this.closer = closer;
  }

  @Override
  public Kind kind() {
    return Kind.WEBRTC;
  }

  @Override
  public Handshake remote() {
    return remote;
  }

  @Override
  public boolean initiatedHere() {
    return initiatedHere;
  }

  @Override
  public String address() {
    return address;
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
    inbox.closed(reason);
    closer.accept(reason);
  }

  @Override
  public String toString() {
    return "WebRTC link to " + remote.peerId() + " at " + address;
  }
}
