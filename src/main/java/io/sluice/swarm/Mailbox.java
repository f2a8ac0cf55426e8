package io.sluice.swarm;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hands mail from any thread to the one that owns it, in order. Posting never blocks; each kind of
 * sender has a bound of its own.
 *
 * <p>Safe for any thread; {@link #poll} and {@link #await} are the owner's.
 */
final class Mailbox {

  private static final Executor SOON =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, Runnable::run);

  private final ConcurrentLinkedQueue<Mail> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean wakesSoon = new AtomicBoolean();
  private volatile @Nullable Thread sleeper;
  private volatile boolean closed;

  /** Posts unless the box is closed; returns whether it did. */
  boolean post(Mail mail) {
    boolean posted = add(mail);
    if (posted) {
      wake();
    }
    return posted;
  }

  /** Posts mail that may lie for a moment, so that many wake the owner once. */
  boolean postSoon(Mail mail) {
    boolean posted = add(mail);
    if (posted && !wakesSoon.getAndSet(true)) {
      SOON.execute(
          () -> {
            wakesSoon.set(false);
            wake();
          });
    }
    return posted;
  }

  private boolean add(Mail mail) {
    if (closed) {
      return false;
    }
    queue.add(mail);
    return !(closed && queue.remove(mail));
  }

  private void wake() {
    Thread owner = sleeper;
    if (owner != null) {
      LockSupport.unpark(owner);
    }
  }

  /** The next mail, or null when there is none now. */
  @Nullable Mail poll() {
    return queue.poll();
  }

  /**
   * Waits until there may be mail, or so much time has passed; {@code Long.MAX_VALUE} is forever.
   */
  void await(long nanos) {
    sleeper = Thread.currentThread();
    try {
      if (queue.isEmpty()) {
        if (nanos == Long.MAX_VALUE) {
          LockSupport.park(this);
        } else if (nanos > 0) {
          LockSupport.parkNanos(this, nanos);
        }
      }
    } finally {
      sleeper = null;
    }
  }

  /** Takes no more mail; what is in it can still be polled. */
  void close() {
    closed = true;
  }
}
