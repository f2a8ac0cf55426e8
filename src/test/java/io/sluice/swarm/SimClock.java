package io.sluice.swarm;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: runs what is due in order, and jumps over the waiting. */
final class SimClock {

  private record Due(long nanos, long order, Runnable action) {}

  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
  private long nowNanos;
  private long order;

  long nowNanos() {
    return nowNanos;
  }

  void after(long nanos, Runnable action) {
    queue.add(new Due(nowNanos + Math.max(0, nanos), order++, action));
  }

  /** Runs the next thing that is due; false when there is nothing left before a time. */
  boolean runNext(long untilNanos) {
    Due next = queue.peek();
    if (next == null || next.nanos > untilNanos) {
      nowNanos = Math.max(nowNanos, untilNanos);
      return false;
    }
    queue.remove();
    nowNanos = next.nanos;
    next.action.run();
    return true;
  }
}
