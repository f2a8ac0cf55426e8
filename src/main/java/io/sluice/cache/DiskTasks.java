package io.sluice.cache;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the writing thread is told to do, in this order, and what it sleeps on between.
 *
 * <p>Invariant: whatever is submitted, and each {@link #wake}, ends an {@link #await} that is under
 * way or comes next. Safe for any thread; {@link #await} and {@link #poll} are for one.
 */
final class DiskTasks {

  /** One thing to do. */
  @FunctionalInterface
  interface Task {
    void run() throws IOException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final ArrayDeque<Task> tasks = new ArrayDeque<>();
  private boolean woken;
  private boolean closing;
  private boolean abandoned;

  void submit(Task task) {
    lock.lock();
    try {
      if (!abandoned) {
        tasks.add(task);
        work.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** There may be something to do besides. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The next task, if there is one; whoever asks goes on to look for what else there is to do. */
  @Nullable Task poll() {
    lock.lock();
    try {
      woken = false;
      return abandoned ? null : tasks.poll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there may be something to do; false when nothing more will come.
   *
   * @param mostNanos how long at most; 0 for as long as it takes
   */
  @SuppressWarnings("WaitNotInLoop") // The caller looks again, whatever woke it.
  boolean await(LongSupplier mostNanos) {
    lock.lock();
    try {
      if (woken || !tasks.isEmpty()) {
        return true;
      }
      if (closing) {
        return false;
      }
      long wait = mostNanos.getAsLong();
      if (wait > 0) {
        var _ = work.awaitNanos(wait);
      } else {
        work.await();
      }
      return true;
    } catch (InterruptedException stop) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  boolean abandoned() {
    lock.lock();
    try {
      return abandoned;
    } finally {
      lock.unlock();
    }
  }

  /** What is there now is done, and then nothing more will come. */
  void close() {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is not done by now is not done. */
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
