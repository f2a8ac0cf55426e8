package io.sluice.transport.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to a peer, encrypted once a cipher is in force.
 *
 * <p>Writing blocks. Confined to one thread at a time: the reading one while hands are shaken, then
 * the writing one.
 */
final class PeerOutput {

  private final GatheringByteChannel channel;
  private @Nullable Rc4 cipher;

  PeerOutput(GatheringByteChannel channel) {
    this.channel = channel;
  }

  /** From the next byte on everything is encrypted. */
  void encrypt(Rc4 with) {
    cipher = with;
  }

  /** Sends all of an array, which is encrypted in place. */
  void write(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    encryptInPlace(buffer);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Encrypts what is to be sent; once for each byte, in the order in which they will be sent. */
  void encryptInPlace(ByteBuffer bytes) {
    Rc4 with = cipher;
    if (with != null) {
      with.apply(bytes, bytes.position(), bytes.remaining());
    }
  }

  /**
   * Sends some of these buffers' bytes together, as they are.
   *
   * @return how many; the buffers' positions say which
   */
  long write(ByteBuffer[] ready, int count) throws IOException {
    return channel.write(ready, 0, count);
  }
}
