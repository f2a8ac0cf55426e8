package io.sluice.transport.webrtc;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that sets connections up and takes them down, and on which all their state
 * changes.
 *
 * <p>Those calls into the library wait for its own threads, so they must be made neither on a
 * caller's thread nor in a callback. {@link #execute} and {@link #after} are safe for any thread;
 * what comes after {@link #stop} is dropped.
 */
final class Control {

  private static final long CLOSE_SECONDS = 30;

  private final ScheduledThreadPoolExecutor executor;

  Control(String name) {
    executor =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name(name).daemon().unstarted(task));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
  }

  /** Runs a task soon; {@code false} when this is closed. */
  boolean execute(Runnable task) {
    try {
      executor.execute(() -> NativeBorder.guard(task));
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }

  /** Runs a task after a time, unless it is cancelled before. */
  Timer after(Duration delay, Runnable task) {
    try {
      Future<?> due =
          executor.schedule(() -> NativeBorder.guard(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> due.cancel(false);
    } catch (RejectedExecutionException closed) {
      return Timer.NONE;
    }
  }

  /** Runs a task again and again, until this is closed. */
  void every(Duration period, Runnable task) {
    var _ =
        executor.scheduleWithFixedDelay(
            () -> NativeBorder.guard(task),
            period.toNanos(),
            period.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** Runs what was asked for before, drops what is not due yet, ends the thread. */
  void stop() throws InterruptedException {
    executor.shutdown();
    if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the WebRTC control thread does not end");
    }
  }

  /** Something that is due. */
  @FunctionalInterface
  interface Timer {
    Timer NONE = () -> {};

    void cancel();
  }
}
