package io.sluice.transport.tcp;

import io.sluice.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What both sides of message stream encryption have in common. */
final class Mse {

  /** Methods for the stream, as bits of what is offered and as the choice. */
  static final int PLAIN = 1;

  static final int RC4 = 2;

  /** The "verification constant": this many zero bytes. */
  static final int ZEROS = 8;

  private Mse() {}

  /** Takes a length of two bytes and as much padding. */
  static void skipPad(PeerInput in) throws IOException {
    int padBytes = takeLength(in);
    if (padBytes > KeyExchange.MAX_PAD_BYTES) {
      throw new WireException("padding of " + padBytes + " bytes");
    }
    var _ = in.take(padBytes);
  }

  /** Takes a length of two bytes, 0..65535. */
  static int takeLength(PeerInput in) throws IOException {
    return ByteBuffer.wrap(in.take(2)).getShort() & 0xFFFF;
  }

  static byte[] joined(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }
}
