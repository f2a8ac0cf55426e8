package io.sluice.transport.tcp;

import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * What is queued to be sent on one link, and the bound on it.
 *
 * <p>Messages are written one behind the other into chunks, once, and chunks are handed to the
 * socket many at a time. A thread does that as long as there are any, and then ends: a link that is
 * silent costs none.
 *
 * <p>A writer may be held at first: then what is sent waits until {@link #release}.
 *
 * <p>Safe for any thread; nothing here blocks but the thread that writes.
 */
final class LinkWriter {

  /** What a writer has to say to its link, on its own thread or a sender's. */
  interface Owner {
    void writable();

    void writeFailed(String reason);
  }

  /** Chunks that the socket is given at once: about 256 KiB. */
  private static final int BATCH_CHUNKS = 16;

  /** So much does not wait for a flush. */
  private static final int ENOUGH_BYTES = 4 * Buffers.CHUNK_BYTES;

  private final PeerOutput out;
  private final BufferPool pool;
  private final TcpLimits limits;
  private final Executor threads;
  private final Owner owner;

  private final Object lock = new Object();
  // Guarded by lock. Chunks are being filled until they are taken to be sent.
  private final Deque<ByteBuffer> chunks = new ArrayDeque<>();
  private long queuedBytes;
  private boolean held;
  private boolean writing;
  private boolean blocked;
  private boolean stopped;

  /**
   * @param held whether to wait for {@link #release} before anything goes out
   */
  LinkWriter(
      PeerOutput out,
      BufferPool pool,
      TcpLimits limits,
      Executor threads,
      Owner owner,
      boolean held) {
    this.out = out;
    this.pool = pool;
    this.limits = limits;
    this.threads = threads;
    this.owner = owner;
    this.held = held;
  }

  /** {@link io.sluice.transport.PeerLink#send}. */
  boolean send(PeerMessage message) {
    int bytes = PeerMessageCodec.encodedBytes(message);
    boolean tooMany = false;
    boolean begin = false;
    synchronized (lock) {
      if (stopped) {
        return false;
      }
      if (queuedBytes + bytes > limits.maxQueuedBytes()) {
        tooMany = true;
        stopped = true;
      } else {
        append(message, bytes);
        queuedBytes += bytes;
        blocked |= queuedBytes >= limits.highWaterBytes();
        begin = queuedBytes >= ENOUGH_BYTES && begins();
      }
    }
    if (tooMany) {
      owner.writeFailed("the peer does not read what is sent to it");
      return false;
    }
    return !begin || begun();
  }

  /** {@link io.sluice.transport.PeerLink#flush}. */
  void flush() {
    boolean begin;
    synchronized (lock) {
      begin = begins();
    }
    if (begin) {
      var _ = begun();
    }
  }

  /** Lets go what was held; does nothing the next time. */
  void release() {
    synchronized (lock) {
      held = false;
    }
    flush();
  }

  /** Whether a thread is to begin now; holding the lock. */
  private boolean begins() {
    boolean begins = !writing && !held && !chunks.isEmpty();
    writing |= begins;
    return begins;
  }

  private boolean begun() {
    try {
      threads.execute(this::write);
      return true;
    } catch (RejectedExecutionException closing) {
      owner.writeFailed("the transport was closed");
      return false;
    }
  }

  private void append(PeerMessage message, int bytes) {
    ByteBuffer last = chunks.peekLast();
    if (last != null && bytes <= last.remaining()) {
      PeerMessageCodec.encode(message, last);
    } else if (bytes <= Buffers.CHUNK_BYTES) {
      PeerMessageCodec.encode(message, newChunk());
    } else {
      ByteBuffer whole = PeerMessageCodec.encode(message);
      while (whole.hasRemaining()) {
        ByteBuffer chunk = newChunk();
        int part = Math.min(whole.remaining(), chunk.remaining());
        chunk.put(0, whole, whole.position(), part).position(part);
        whole.position(whole.position() + part);
      }
    }
  }

  private ByteBuffer newChunk() {
    ByteBuffer chunk = pool.take();
    chunks.add(chunk);
    return chunk;
  }

  /** {@link io.sluice.transport.PeerLink#queuedBytes}. */
  long queuedBytes() {
    synchronized (lock) {
      return queuedBytes;
    }
  }

  /**
   * {@link io.sluice.transport.PeerLink#writable}. Once it was not it is not until the owner has
   * heard that it is, so that nobody finds room that somebody else still waits to be told of.
   */
  boolean writable() {
    synchronized (lock) {
      blocked |= queuedBytes >= limits.highWaterBytes();
      return !blocked && !stopped;
    }
  }

  /** Takes nothing more and forgets what waits; what is being written is for the socket to end. */
  void stop() {
    synchronized (lock) {
      stopped = true;
      chunks.forEach(pool::give);
      chunks.clear();
      queuedBytes = 0;
    }
  }

  private void write() {
    ByteBuffer[] batch = new ByteBuffer[BATCH_CHUNKS];
    try {
      for (int count = take(batch); count > 0; count = take(batch)) {
        try {
          write(batch, count);
        } finally {
          Arrays.stream(batch, 0, count).forEach(pool::give);
        }
      }
    } catch (IOException broken) {
      owner.writeFailed("the connection broke");
    }
  }

  /** Takes chunks to be sent, in order; when there are none the thread is to end. */
  private int take(ByteBuffer[] batch) {
    synchronized (lock) {
      int count = 0;
      while (count < batch.length && !chunks.isEmpty()) {
        batch[count++] = chunks.remove();
      }
      writing = count > 0;
      return count;
    }
  }

  private void write(ByteBuffer[] batch, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      out.encryptInPlace(batch[i].flip());
    }
    while (batch[count - 1].hasRemaining()) {
      sent(out.write(batch, count));
    }
  }

  private void sent(long bytes) {
    boolean tell = false;
    synchronized (lock) {
      if (stopped) {
        return;
      }
      queuedBytes -= bytes;
      if (blocked && queuedBytes <= limits.lowWaterBytes()) {
        blocked = false;
        tell = true;
      }
    }
    if (tell) {
      owner.writable();
    }
  }
}
