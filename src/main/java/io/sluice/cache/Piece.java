package io.sluice.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * The bytes of one piece, off the heap, with a count of those who hold it.
 *
 * <p>Created with one reference; freed when the last is released. After that no slice of it may be
 * touched. Filling a piece is confined to who created it; once it is shared its bytes do not
 * change. Retaining and releasing are safe for any thread.
 */
public final class Piece {

  private final ByteBuf bytes;

  private Piece(ByteBuf bytes) {
    this.bytes = bytes;
  }

  /** A new piece of so many bytes of unspecified content. */
  public static Piece allocate(int length) {
    ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
    bytes.writerIndex(length);
    return new Piece(bytes);
  }

  /** Bytes in this piece. */
  public int length() {
    return bytes.capacity();
  }

  /** Copies the remaining bytes of {@code block} to {@code begin}; only before sharing. */
  public void write(int begin, ByteBuffer block) {
    bytes.setBytes(begin, block.duplicate());
  }

  /** A read-only view of a part, valid while the caller holds a reference. */
  public ByteBuffer slice(int begin, int length) {
    return bytes.nioBuffer(begin, length).asReadOnlyBuffer();
  }

  /** The whole as one read-only view. */
  public ByteBuffer bytes() {
    return slice(0, length());
  }

  /** Takes one more reference; returns this. */
  public Piece retain() {
    bytes.retain();
    return this;
  }

  /** Gives one reference back. */
  public void release() {
    bytes.release();
  }
}
