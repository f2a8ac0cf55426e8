package io.sluice.transport.tcp;

import io.sluice.wire.WireException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * What a peer sends: piecewise while hands are shaken, in bulk after that, and decrypted as far as
 * it is encrypted. What was read ahead is kept as it came, so that encryption can begin and end at
 * any byte.
 *
 * <p>Reading blocks. Confined to the connection's reading thread.
 */
final class PeerInput {

  /** More than the longest stretch that is searched: padding and the mark behind it. */
  private static final int AHEAD_BYTES = 1024;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ReadableByteChannel channel;
  private ByteBuffer ahead = ByteBuffer.allocate(AHEAD_BYTES).limit(0);
  private @Nullable Rc4 cipher;
  private long encryptedBytes;

  PeerInput(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Whether the next bytes, as they come and without taking them, are these; reads no more of them
   * than it takes to tell.
   */
  boolean startsWith(byte[] prefix) throws IOException {
    for (int i = 0; i < prefix.length; i++) {
      require(i + 1);
      if (ahead.get(ahead.position() + i) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Skips what comes before a mark, and the mark, as they come.
   *
   * @throws WireException when more than {@code maxSkipped} bytes come before it
   */
  void skipPast(byte[] mark, int maxSkipped) throws IOException {
    for (int skipped = 0; skipped <= maxSkipped; skipped++) {
      if (startsWith(mark)) {
        ahead.position(ahead.position() + mark.length);
        return;
      }
      ahead.position(ahead.position() + 1);
    }
    throw new WireException("no end of the padding");
  }

  /** Takes exactly this many bytes, decrypted. */
  byte[] take(int bytes) throws IOException {
    byte[] taken = new byte[bytes];
    ByteBuffer target = ByteBuffer.wrap(taken);
    while (target.hasRemaining()) {
      if (read(target) < 0) {
        throw closed();
      }
    }
    return taken;
  }

  /** From the next byte on everything is encrypted. */
  void decrypt(Rc4 with) {
    decrypt(with, Long.MAX_VALUE);
  }

  /** The next {@code bytes} are encrypted and what comes after them is not. */
  void decrypt(Rc4 with, long bytes) {
    cipher = with;
    encryptedBytes = bytes;
  }

  /** From the next byte on nothing is encrypted. */
  void decryptNoMore() {
    encryptedBytes = 0;
  }

  /**
   * Reads what there is, at least one byte.
   *
   * @return how many, or -1 at the end of the stream
   */
  int read(ByteBuffer target) throws IOException {
    int from = target.position();
    int bytes = ahead.hasRemaining() ? readAhead(target) : channel.read(target);
    Rc4 with = cipher;
    if (bytes > 0 && encryptedBytes > 0 && with != null) {
      int encrypted = (int) Math.min(bytes, encryptedBytes);
      with.apply(target, from, encrypted);
      encryptedBytes -= encryptedBytes == Long.MAX_VALUE ? 0 : encrypted;
    }
    return bytes;
  }

  private int readAhead(ByteBuffer target) {
    int bytes = Math.min(ahead.remaining(), target.remaining());
    target.put(target.position(), ahead, ahead.position(), bytes);
    target.position(target.position() + bytes);
    ahead.position(ahead.position() + bytes);
    return bytes;
  }

  /** Nothing is looked at before it is taken any more: gives the memory for it up. */
  void forgetAhead() {
    if (!ahead.hasRemaining()) {
      ahead = NOTHING;
    }
  }

  private void require(int bytes) throws IOException {
    while (ahead.remaining() < bytes) {
      ahead.compact();
      int read = channel.read(ahead);
      ahead.flip();
      if (read < 0) {
        throw closed();
      }
    }
  }

  private static IOException closed() {
    return new EOFException("the peer closed the connection");
  }
}
