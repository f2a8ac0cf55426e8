package io.sluice.transport;

import io.sluice.wire.PeerMessage;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the promise of {@link PeerLink.Listener} for a link: calls in the order in which things
 * happened, one at a time, whatever threads they happened on, and nothing after {@code closed}.
 *
 * <p>Safe for any thread and without a thread of its own: whoever brings news delivers it, unless
 * somebody else is delivering already, who then takes it along. Nobody ever waits.
 */
public final class LinkInbox {

  /** What a waiting message is taken to cost beside its bytes: the objects that hold it. */
  private static final int MESSAGE_OVERHEAD_BYTES = 64;

  private sealed interface News {
    record Message(PeerMessage message, long cost) implements News {}

    record Writable() implements News {}

    record Closed(String reason) implements News {}
  }

  private final long maxWaitingBytes;
  private final Queue<News> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicInteger deliveries = new AtomicInteger();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean writableWaits = new AtomicBoolean();
  private final Consumer<Throwable> onListenerFault;
  private volatile PeerLink.@Nullable Listener listener;
  // Touched only by whoever delivers.
  private boolean finished;

  /**
   * @param maxWaitingBytes how much may wait for a listener that has not started or is slow
   * @param onListenerFault hears of a listener that threw, which it must not; the link is to be
   *     closed, since nobody knows what the listener has understood
   */
  public LinkInbox(long maxWaitingBytes, Consumer<Throwable> onListenerFault) {
    if (maxWaitingBytes <= 0) {
      throw new IllegalArgumentException("nothing could ever wait");
    }
    this.maxWaitingBytes = maxWaitingBytes;
    this.onListenerFault = onListenerFault;
  }

  /**
   * Begins to deliver, first of all what came before.
   *
   * @throws IllegalStateException when called a second time
   */
  public void start(PeerLink.Listener newListener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a link is started once");
    }
    listener = newListener;
    deliver();
  }

  /**
   * Brings a message.
   *
   * @param bytes its length on the wire
   * @return {@code false} when too much waits already; the message is dropped, and the link is to
   *     be closed, since its stream has a hole now
   */
  public boolean message(PeerMessage message, int bytes) {
    if (closed.get()) {
      return true;
    }
    long cost = bytes + (long) MESSAGE_OVERHEAD_BYTES;
    if (waitingBytes.addAndGet(cost) > maxWaitingBytes) {
      waitingBytes.addAndGet(-cost);
      return false;
    }
    waiting.add(new News.Message(message, cost));
    deliver();
    return true;
  }

  /** Brings the news that there is room to send again; said once however often it is brought. */
  public void writable() {
    if (!closed.get() && writableWaits.compareAndSet(false, true)) {
      waiting.add(new News.Writable());
      deliver();
    }
  }

  /**
   * Brings the last news.
   *
   * @return whether it was the first to say so; later ones are ignored
   */
  public boolean closed(String reason) {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    waiting.add(new News.Closed(reason));
    deliver();
    return true;
  }

  /** Whether {@link #closed(String)} was called. */
  public boolean isClosed() {
    return closed.get();
  }

  private void deliver() {
    PeerLink.Listener hears = listener;
    if (hears == null || deliveries.getAndIncrement() != 0) {
      return;
    }
    int taken = 1;
    while (taken != 0) {
      for (News news = waiting.poll(); news != null; news = waiting.poll()) {
        tell(hears, news);
      }
      taken = deliveries.addAndGet(-taken);
    }
  }

  private void tell(PeerLink.Listener hears, News news) {
    if (finished) {
      return;
    }
    try {
      switch (news) {
        case News.Message(PeerMessage message, long cost) -> {
          waitingBytes.addAndGet(-cost);
          hears.message(message);
        }
        case News.Writable() -> {
          writableWaits.set(false);
          hears.writable();
        }
        case News.Closed(String reason) -> {
          finished = true;
          hears.closed(reason);
        }
      }
    } catch (Throwable fault) {
      // The thread may be native: nothing may leave, not even an Error.
      onListenerFault.accept(fault);
    }
  }
}
