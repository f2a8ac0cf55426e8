package io.sluice.transport.tcp;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Buffers of one size, used again.
 *
 * <p>Safe for any thread; none waits.
 */
final class BufferPool {

  private final int bytes;
  private final boolean direct;
  private final ArrayBlockingQueue<ByteBuffer> free;

  /**
   * @param kept how many are kept while nobody uses them; more than that go to the collector
   */
  BufferPool(int bytes, boolean direct, int kept) {
    this.bytes = bytes;
    this.direct = direct;
    this.free = new ArrayBlockingQueue<>(kept);
  }

  /** An empty buffer. */
  ByteBuffer take() {
    ByteBuffer buffer = free.poll();
    if (buffer != null) {
      return buffer.clear();
    }
    return direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
  }

  /** Takes a buffer back that nobody uses any more. */
  void give(ByteBuffer buffer) {
    assert buffer.capacity() == bytes && buffer.isDirect() == direct : "a buffer of another pool";
    var _ = free.offer(buffer);
  }
}
