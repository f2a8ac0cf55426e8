package io.sluice.transport.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.util.Random;

/**
 * A way in each direction between an initiator and a responder, in memory, on which bytes arrive in
 * whatever portions the test wants.
 */
final class Wire implements AutoCloseable {

  private final Pipe forth = Pipe.open();
  private final Pipe back = Pipe.open();

  final PeerInput initiatorIn;
  final PeerInput responderIn;
  final PeerOutput initiatorOut = new PeerOutput(forth.sink());
  final PeerOutput responderOut = new PeerOutput(back.sink());

  private Wire(Random portions, int maxPortion) throws IOException {
    initiatorIn = new PeerInput(portioned(back.source(), portions, maxPortion));
    responderIn = new PeerInput(portioned(forth.source(), portions, maxPortion));
  }

  static Wire whole() throws IOException {
    return new Wire(new Random(0), Integer.MAX_VALUE);
  }

  static Wire inPortions(Random random, int maxPortion) throws IOException {
    return new Wire(random, maxPortion);
  }

  /** What the initiator has sent and nobody read: at least so many bytes, and what is there. */
  byte[] sentByInitiator(int bytes) throws IOException {
    return read(forth, bytes);
  }

  byte[] sentByResponder(int bytes) throws IOException {
    return read(back, bytes);
  }

  void sendAsInitiator(byte[] bytes) throws IOException {
    new PeerOutput(forth.sink()).write(bytes.clone());
  }

  void sendAsResponder(byte[] bytes) throws IOException {
    new PeerOutput(back.sink()).write(bytes.clone());
  }

  void endAsInitiator() throws IOException {
    forth.sink().close();
  }

  void endAsResponder() throws IOException {
    back.sink().close();
  }

  private static byte[] read(Pipe pipe, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining() && pipe.source().read(buffer) >= 0) {
      // Goes on until all of it is there.
    }
    return buffer.array();
  }

  private static ReadableByteChannel portioned(
      ReadableByteChannel channel, Random random, int maxPortion) {
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        int limit = target.limit();
        int portion = maxPortion == Integer.MAX_VALUE ? maxPortion : 1 + random.nextInt(maxPortion);
        target.limit(target.position() + Math.min(portion, target.remaining()));
        try {
          return channel.read(target);
        } finally {
          target.limit(limit);
        }
      }

      @Override
      public boolean isOpen() {
        return channel.isOpen();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  @Override
  public void close() throws IOException {
    forth.sink().close();
    forth.source().close();
    back.sink().close();
    back.source().close();
  }
}
