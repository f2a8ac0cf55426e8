package io.sluice.transport.webrtc;

import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is queued to be sent on one channel, and the bound on it.
 *
 * <p>Messages become chunks: small ones share a chunk, a block and its header fill one, longer ones
 * are cut. {@link SendLoop} takes as many chunks as are there, up to a bound, to the library as one
 * message of the channel, since each costs both ends a turn of their threads; peers accept that,
 * for to them the channel is a stream. It asks the library how much it still holds, whose own
 * callback for that never comes.
 *
 * <p>Safe for any thread, {@link #pump} but for the loop's alone.
 */
final class ChannelWriter {

  /** What a writer wants next from the loop. */
  enum Next {
    /** There is more to send. */
    AGAIN,
    /** Somebody waits for room: ask soon. */
    ASK_SOON,
    /** The library holds something, and nobody waits. */
    ASK_LATER,
    NOTHING
  }

  /** What a writer has to say to its connection, on the loop's thread or a sender's. */
  interface Owner {
    void writable();

    void writeFailed(String reason);
  }

  /** Messages sent before another channel has its turn. */
  private static final int TURN_MESSAGES = 8;

  /** A chunk, and whether it is to be a message of its own. */
  private record Chunk(ByteBuffer bytes, boolean alone) {}

  private final DataChannel channel;
  private final SendLoop loop;
  private final ChunkPool pool;
  private final WebrtcLimits limits;
  private final Owner owner;
  private final int chunkBytes;
  private final int mostBytes;

  private final Object lock = new Object();
  // Guarded by lock, from here to the end of the class' state. Chunks are being filled until sent.
  private final Deque<Chunk> chunks = new ArrayDeque<>();
  private long waitingBytes;
  private long libraryBytes;
  private boolean scheduled;
  private boolean blocked;
  private boolean stopped;

  ChannelWriter(
      DataChannel channel,
      SendLoop loop,
      ChunkPool pool,
      WebrtcLimits limits,
      int maxMessageBytes,
      Owner owner) {
    this.channel = channel;
    this.loop = loop;
    this.pool = pool;
    this.limits = limits;
    this.owner = owner;
    this.mostBytes = Math.clamp(maxMessageBytes, 1, SendLoop.MESSAGE_BYTES);
    this.chunkBytes = Math.min(mostBytes, ChunkPool.CHUNK_BYTES);
  }

  /** Queues bytes as one message of their own that nothing else shares, such as a handshake. */
  boolean sendAlone(ByteBuffer bytes) {
    boolean taken =
        enqueue(
            bytes.remaining(),
            () -> {
              ByteBuffer chunk = pool.take();
              chunk.put(bytes);
              chunks.add(new Chunk(chunk, true));
            });
    flush();
    return taken;
  }

  /** {@link io.sluice.transport.PeerLink#send}. */
  boolean send(PeerMessage message) {
    int bytes = PeerMessageCodec.encodedBytes(message);
    return enqueue(bytes, () -> append(message, bytes));
  }

  private boolean enqueue(int bytes, Runnable append) {
    boolean wake = false;
    long tooMany = 0;
    synchronized (lock) {
      if (stopped) {
        return false;
      }
      long after = waitingBytes + libraryBytes + bytes;
      if (after > limits.maxQueuedBytes()) {
        tooMany = after;
        stopped = true;
      } else {
        append.run();
        waitingBytes += bytes;
        blocked |= after >= limits.highWaterBytes();
        wake = waitingBytes >= mostBytes && schedule();
      }
    }
    if (tooMany > 0) {
      owner.writeFailed("the peer does not read: " + tooMany + " bytes were queued for it");
      return false;
    }
    if (wake) {
      loop.wake(this);
    }
    return true;
  }

  /** {@link io.sluice.transport.PeerLink#flush}. */
  void flush() {
    boolean wake;
    synchronized (lock) {
      wake = !chunks.isEmpty() && schedule();
    }
    if (wake) {
      loop.wake(this);
    }
  }

  /** Whether the loop is to be woken, which has not been told of this writer; holding the lock. */
  private boolean schedule() {
    boolean first = !scheduled;
    scheduled = true;
    return first;
  }

  private void append(PeerMessage message, int bytes) {
    Chunk last = chunks.peekLast();
    if (last != null && !last.alone && last.bytes.position() + bytes <= chunkBytes) {
      PeerMessageCodec.encode(message, last.bytes);
    } else if (bytes <= chunkBytes) {
      ByteBuffer chunk = pool.take();
      PeerMessageCodec.encode(message, chunk);
      chunks.add(new Chunk(chunk, false));
    } else {
      ByteBuffer whole = PeerMessageCodec.encode(message);
      while (whole.hasRemaining()) {
        int part = Math.min(chunkBytes, whole.remaining());
        ByteBuffer chunk = pool.take();
        chunk.put(0, whole, whole.position(), part).position(part);
        whole.position(whole.position() + part);
        chunks.add(new Chunk(chunk, false));
      }
    }
  }

  /** {@link io.sluice.transport.PeerLink#queuedBytes}. */
  long queuedBytes() {
    synchronized (lock) {
      return waitingBytes + libraryBytes;
    }
  }

  /** {@link io.sluice.transport.PeerLink#writable}. */
  boolean writable() {
    synchronized (lock) {
      if (stopped) {
        return false;
      }
      boolean room = waitingBytes + libraryBytes < limits.highWaterBytes();
      blocked |= !room;
      return room;
    }
  }

  /** Takes nothing more and forgets what waits. */
  void stop() {
    synchronized (lock) {
      stopped = true;
      chunks.forEach(chunk -> pool.give(chunk.bytes));
      chunks.clear();
      waitingBytes = 0;
      libraryBytes = 0;
    }
  }

  /**
   * Sends a turn's worth of messages; on the loop's thread.
   *
   * @param message direct, where a message is put together
   */
  Next pump(ByteBuffer message) {
    synchronized (lock) {
      scheduled = false;
    }
    boolean more = true;
    for (int sent = 0; sent < TURN_MESSAGES && more; sent++) {
      fill(message.clear());
      more = message.position() > 0;
      // The library sends all of a direct buffer's capacity, so it gets a view of the exact size.
      if (more && !channel.send(message.slice(0, message.position()))) {
        owner.writeFailed("the channel took no more");
        return Next.NOTHING;
      }
    }
    return settle(channel.bufferedAmount());
  }

  /** Takes the next chunks that may share a message and fit it. */
  private void fill(ByteBuffer message) {
    synchronized (lock) {
      if (stopped) {
        return;
      }
      boolean alone = false;
      for (Chunk next = chunks.peek(); next != null && !alone; next = chunks.peek()) {
        int bytes = next.bytes.position();
        alone = next.alone;
        if (message.position() > 0 && (alone || message.position() + bytes > mostBytes)) {
          return;
        }
        message.put(next.bytes.flip());
        chunks.remove();
        pool.give(next.bytes);
        waitingBytes -= bytes;
        libraryBytes += bytes;
      }
    }
  }

  private Next settle(long held) {
    boolean tell = false;
    Next next;
    synchronized (lock) {
      if (stopped) {
        return Next.NOTHING;
      }
      libraryBytes = held;
      if (blocked && waitingBytes + held <= limits.lowWaterBytes()) {
        blocked = false;
        tell = true;
      }
      if (!chunks.isEmpty()) {
        scheduled = true;
        next = Next.AGAIN;
      } else if (held == 0) {
        next = Next.NOTHING;
      } else {
        next = blocked ? Next.ASK_SOON : Next.ASK_LATER;
      }
    }
    if (tell) {
      owner.writable();
    }
    return next;
  }
}
