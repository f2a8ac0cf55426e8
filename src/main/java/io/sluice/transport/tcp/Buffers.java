package io.sluice.transport.tcp;

import io.sluice.wire.PeerMessage;

/**
 * The buffers that links read into and write from: off the heap, where the socket takes them
 * without a copy, or on it where RC4 works.
 *
 * @param reading what a peer that sends much is read into
 * @param writing chunks of what is to be sent
 */
record Buffers(BufferPool reading, BufferPool writing) {

  private static final int READ_BYTES = 128 * 1024;

  /** A whole block with its header, and room for what else is to be said. */
  static final int CHUNK_BYTES = PeerMessage.BLOCK_BYTES + 256;

  private static final int READS_KEPT = 32;
  private static final int CHUNKS_KEPT = 512;

  static Buffers make(boolean direct) {
    return new Buffers(
        new BufferPool(READ_BYTES, direct, READS_KEPT),
        new BufferPool(CHUNK_BYTES, direct, CHUNKS_KEPT));
  }
}
