package io.sluice.transport.webrtc;

import io.sluice.wire.Handshake;
import io.sluice.wire.HandshakeCodec;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageDecoder;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;

/**
 * Reads a peer's side of the channel: 68 bytes of handshake, then messages, however they are split
 * or joined on the way.
 *
 * <p>Confined to the native thread that brings the channel's messages.
 */
final class ChannelReader {

  /** What comes out; a {@link WireException} from it is taken as the peer's mistake. */
  interface Sink {
    void handshake(Handshake remote);

    void message(PeerMessage message);

    /** The peer broke the protocol; nothing comes after this. */
    void broken(String reason);
  }

  private final Sink sink;
  private final PeerMessageDecoder decoder;
  private final ByteBuffer handshake = ByteBuffer.allocate(Handshake.BYTES);
  private boolean shaken;
  private boolean broken;

  ChannelReader(int maxMessageBytes, Sink sink) {
    this.sink = sink;
    this.decoder = new PeerMessageDecoder(maxMessageBytes);
  }

  /**
   * @param bytes not kept
   */
  void read(ByteBuffer bytes, boolean binary) {
    if (broken) {
      return;
    }
    try {
      if (!binary) {
        throw new WireException("a text message");
      }
      if (!shaken) {
        readHandshake(bytes);
      }
      if (shaken) {
        decoder.feed(bytes, sink::message);
      }
    } catch (WireException mistake) {
      broken = true;
      sink.broken(String.valueOf(mistake.getMessage()));
    }
  }

  private void readHandshake(ByteBuffer bytes) {
    while (handshake.hasRemaining() && bytes.hasRemaining()) {
      handshake.put(bytes.get());
    }
    if (!handshake.hasRemaining()) {
      sink.handshake(HandshakeCodec.decode(handshake.flip()));
      shaken = true;
    }
  }
}
