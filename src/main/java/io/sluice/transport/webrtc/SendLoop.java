package io.sluice.transport.webrtc;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that takes queued chunks of all channels to the library and, while anybody waits
 * for room, asks it how much it still holds. Asleep otherwise.
 *
 * <p>{@link #wake} is safe for any thread.
 */
final class SendLoop {

  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private static final int MAX_TURNS = 16;

  /** The most that goes to the library as one message: a few blocks with their headers. */
  static final int MESSAGE_BYTES = 4 * ChunkPool.CHUNK_BYTES;

  private final Queue<ChannelWriter> ready = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  // Confined to the thread, from here on.
  private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
  private final Set<ChannelWriter> soon = new LinkedHashSet<>();
  private final Set<ChannelWriter> later = new LinkedHashSet<>();
  private long laterDueNanos;

  SendLoop(String name) {
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    thread.start();
  }

  /** Gives a writer a turn; it sees to it that it is in the queue once. */
  void wake(ChannelWriter writer) {
    ready.add(writer);
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      serveReady();
      ask(soon);
      long now = System.nanoTime();
      if (!later.isEmpty() && now - laterDueNanos >= 0) {
        ask(later);
        laterDueNanos = now + LATER_NANOS;
      }
      if (ready.isEmpty()) {
        rest();
      }
    }
  }

  private void rest() {
    if (!soon.isEmpty()) {
      LockSupport.parkNanos(this, SOON_NANOS);
    } else if (!later.isEmpty()) {
      LockSupport.parkNanos(this, LATER_NANOS);
    } else {
      LockSupport.park(this);
    }
  }

  private void serveReady() {
    // Not until the queue is empty: busy senders must not keep those that wait from being asked.
    for (int turns = MAX_TURNS; turns > 0; turns--) {
      ChannelWriter writer = ready.poll();
      if (writer == null) {
        return;
      }
      serve(writer);
    }
  }

  private void ask(Set<ChannelWriter> writers) {
    for (ChannelWriter writer : writers.toArray(ChannelWriter[]::new)) {
      serve(writer);
    }
  }

  private void serve(ChannelWriter writer) {
    ChannelWriter.Next next = ChannelWriter.Next.NOTHING;
    try {
      next = writer.pump(message);
    } catch (Throwable fault) {
      NativeBorder.report(fault);
    }
    soon.remove(writer);
    later.remove(writer);
    switch (next) {
      case AGAIN -> ready.add(writer);
      case ASK_SOON -> soon.add(writer);
      case ASK_LATER -> {
        if (later.isEmpty()) {
          laterDueNanos = System.nanoTime() + LATER_NANOS;
        }
        later.add(writer);
      }
      case NOTHING -> {}
    }
  }

  /** Ends the thread and waits for it. */
  void stop() throws InterruptedException {
    closed = true;
    LockSupport.unpark(thread);
    thread.join();
  }
}
