package io.sluice.transport.tcp;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Closes connections whose time is up, which ends whatever read or write is blocked on them; and
 * whatever else is to be done later.
 *
 * <p>Safe for any thread.
 */
final class Deadlines implements AutoCloseable {

  private final ScheduledThreadPoolExecutor timer;

  Deadlines() {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofVirtual().name("sluice-tcp-deadlines").factory(),
            // Once this is closed, so is or will be every connection.
            new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Closes the channel after that long, unless the deadline is met before. */
  Deadline close(Channel channel, Duration limit) {
    return new Deadline(channel, limit);
  }

  /** Does something after that long, unless this is closed before. */
  void after(Duration limit, Runnable work) {
    var _ = timer.schedule(work, limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Does something again and again, as long as this is open. */
  void repeat(Duration every, Runnable work) {
    var _ =
        timer.scheduleWithFixedDelay(work, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** One channel's time. */
  final class Deadline {

    private enum State {
      RUNNING,
      MET,
      OVERDUE
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final Channel channel;
    private final Future<?> end;

    private Deadline(Channel channel, Duration limit) {
      this.channel = channel;
      this.end = timer.schedule(this::overdue, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Ends the wait.
     *
     * @return whether it was in time, however often this is asked
     */
    boolean met() {
      boolean met = state.compareAndSet(State.RUNNING, State.MET) || state.get() == State.MET;
      end.cancel(false);
      return met;
    }

    private void overdue() {
      if (state.compareAndSet(State.RUNNING, State.OVERDUE)) {
        try {
          channel.close();
        } catch (IOException e) {
          // It is closed all the same.
        }
      }
    }
  }
}
