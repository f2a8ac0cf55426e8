package io.sluice.transport.tcp;

import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageDecoder;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Reads a peer's messages until its stream ends. A peer that sends much is read into a large
 * buffer, one that sends little or nothing occupies a small one.
 *
 * <p>Confined to the connection's reading thread.
 */
final class LinkReader {

  private static final int SMALL_BYTES = 2 * 1024;

  /** A large buffer that got less than this is given back. */
  private static final int LITTLE_BYTES = 16 * 1024;

  private final PeerInput in;
  private final BufferPool pool;
  private final PeerMessageDecoder decoder;
  private final Consumer<PeerMessage> sink;
  private final Acknowledgement acknowledgement;

  /**
   * @param acknowledgement of what was read, when it was much
   */
  LinkReader(
      PeerInput in,
      BufferPool pool,
      int maxMessageBytes,
      Consumer<PeerMessage> sink,
      Acknowledgement acknowledgement) {
    this.in = in;
    this.pool = pool;
    this.decoder = new PeerMessageDecoder(maxMessageBytes);
    this.sink = sink;
    this.acknowledgement = acknowledgement;
  }

  /**
   * Returns at the end of the stream.
   *
   * @throws IOException when the connection breaks or is closed on our side
   * @throws WireException when the peer breaks the protocol, or the sink says so
   */
  void readToEnd() throws IOException {
    ByteBuffer small = ByteBuffer.allocate(SMALL_BYTES);
    int bytes = read(small);
    while (bytes >= 0) {
      in.forgetAhead();
      bytes = bytes == SMALL_BYTES ? readMuch() : read(small);
    }
  }

  /** Reads as long as the peer sends much; what the last read got. */
  private int readMuch() throws IOException {
    ByteBuffer large = pool.take();
    try {
      int bytes = read(large);
      while (bytes >= LITTLE_BYTES) {
        acknowledgement.now();
        bytes = read(large);
      }
      acknowledgement.now();
      return bytes;
    } finally {
      pool.give(large);
    }
  }

  private int read(ByteBuffer buffer) throws IOException {
    int bytes = in.read(buffer.clear());
    if (bytes > 0) {
      decoder.feed(buffer.flip(), sink);
    }
    return bytes;
  }
}
