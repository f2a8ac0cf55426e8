package io.sluice.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of one piece, off the heap, with a count of those who hold it.
 *
 * <p>Created with one reference; freed when the last is released. After that no slice of it may be
 * touched. Filling a piece is confined to who created it; once it is shared its bytes do not
 * change. Retaining and releasing are safe for any thread.
 *
 * <p>Using a piece that has been freed throws {@link IllegalStateException}, for every method, as
 * does releasing it once too often.
 */
public final class Piece {

  // The count is ours and not the buffer's: Netty recycles its buffer objects, so that a stray
  // release of a freed one could free the memory of whoever got the object next.
  private static final AtomicLong LIVE_BYTES = new AtomicLong();

  private final ByteBuf bytes;
  private final int length;
  private final AtomicInteger references = new AtomicInteger(1);

  private Piece(ByteBuf bytes, int length) {
    this.bytes = bytes;
    this.length = length;
    LIVE_BYTES.addAndGet(length);
  }

  /**
   * A new piece of so many bytes of unspecified content.
   *
   * @param length at least 1
   */
  public static Piece allocate(int length) {
    if (length <= 0) {
      throw new IllegalArgumentException("a piece of " + length + " bytes");
    }
    ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
    bytes.writerIndex(length);
    return new Piece(bytes, length);
  }

  /** Bytes of all pieces of this process that somebody holds, cached or not. */
  public static long liveBytes() {
    return LIVE_BYTES.get();
  }

  /** Bytes in this piece. */
  public int length() {
    return length;
  }

  /** Copies the remaining bytes of {@code block} to {@code begin}; only before sharing. */
  public void write(int begin, ByteBuffer block) {
    checkHeld();
    bytes.setBytes(begin, block.duplicate());
  }

  /** A view of a part to fill from a channel; only before sharing. */
  public ByteBuffer writable(int begin, int length) {
    checkHeld();
    return bytes.nioBuffer(begin, length);
  }

  /** A read-only view of a part, valid while the caller holds a reference. */
  public ByteBuffer slice(int begin, int length) {
    checkHeld();
    return bytes.nioBuffer(begin, length).asReadOnlyBuffer();
  }

  /** The whole as one read-only view. */
  public ByteBuffer bytes() {
    return slice(0, length);
  }

  /** Takes one more reference; returns this. */
  public Piece retain() {
    references.updateAndGet(
        held -> {
          if (held <= 0) {
            throw freed();
          }
          return Math.incrementExact(held);
        });
    return this;
  }

  /** Gives one reference back. */
  public void release() {
    int left =
        references.updateAndGet(
            held -> {
              if (held <= 0) {
                throw freed();
              }
              return held - 1;
            });
    if (left == 0) {
      LIVE_BYTES.addAndGet(-length);
      bytes.release();
    }
  }

  private void checkHeld() {
    if (references.get() <= 0) {
      throw freed();
    }
  }

  private static IllegalStateException freed() {
    return new IllegalStateException("the piece has been freed");
  }
}
