package io.sluice.swarm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The windows of readers that have left not long ago. A player aborts its requests and makes new
 * ones, at the same place or another: what was learnt of it is not to be learnt again.
 *
 * <p>Confined to the swarm loop.
 */
final class Traces {

  private static final int MOST = 32;
  private static final long MEMORY_NANOS = 30_000_000_000L;

  private final Deque<ReaderWindow> left = new ArrayDeque<>();

  void add(ReaderWindow window, long nowNanos) {
    if (window.file().isEmpty()) {
      return;
    }
    window.closedNanos = nowNanos;
    left.addFirst(window);
    if (left.size() > MOST) {
      left.removeLast();
    }
  }

  int count() {
    return left.size();
  }

  /**
   * Of the readers of the same file one that was where this one begins, else any, else null; those
   * that are still there come first.
   */
  @Nullable ReaderWindow before(ReaderWindow fresh, List<ReaderWindow> here, long nowNanos) {
    left.removeIf(each -> nowNanos - each.closedNanos > MEMORY_NANOS);
    if (fresh.file().isEmpty()) {
      return null;
    }
    ReaderWindow best = null;
    for (List<ReaderWindow> each : List.of(here, List.copyOf(left))) {
      for (ReaderWindow window : each) {
        if (window.file().equals(fresh.file()) && !window.patient()) {
          if (window.isNear(fresh.first())) {
            return window;
          }
          best = best == null ? window : best;
        }
      }
    }
    return best;
  }
}
