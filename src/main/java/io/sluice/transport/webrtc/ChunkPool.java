package io.sluice.transport.webrtc;

import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Direct buffers of one data-channel message each, used again: a fresh one per block would leave it
 * to the garbage collector to notice memory that is not on its heap.
 *
 * <p>Safe for any thread; none waits.
 */
final class ChunkPool {

  /** A whole block with its header; accepted in one message by every implementation we know. */
  static final int CHUNK_BYTES = PeerMessage.BLOCK_BYTES + 13;

  private static final int KEPT = 256;

  private final ArrayBlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);

  /** An empty buffer of {@link #CHUNK_BYTES}. */
  ByteBuffer take() {
    ByteBuffer chunk = free.poll();
    return chunk == null ? ByteBuffer.allocateDirect(CHUNK_BYTES) : chunk.clear();
  }

  /** Takes a buffer back that nobody uses any more; dropped when there are enough. */
  void give(ByteBuffer chunk) {
    if (chunk.capacity() == CHUNK_BYTES) {
      var _ = free.offer(chunk);
    }
  }
}
