package io.sluice.discovery.dht;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The open searches, in the order in which they are due: an idle one costs nothing until then.
 * Those that somebody waits for go first, so that ten thousand others cannot hold them up. Confined
 * to the core.
 */
final class SearchQueue {

  /** In the order of opening, which decides between those that are due at the same time. */
  private final Map<SearchTask, Long> open = new HashMap<>();

  private final NavigableSet<SearchTask> urgent;
  private final NavigableSet<SearchTask> regular;
  private final List<SearchTask> running = new ArrayList<>();
  private long opened;

  SearchQueue() {
    Comparator<SearchTask> byTime =
        Comparator.comparingLong(SearchTask::dueAt)
            .thenComparing(task -> open.getOrDefault(task, -1L));
    urgent = new TreeSet<>(byTime);
    regular = new TreeSet<>(byTime);
  }

  /** A new one, which is due at once. */
  void add(SearchTask task) {
    open.put(task, opened++);
    enqueue(task);
  }

  private void enqueue(SearchTask task) {
    (task.isUrgent() ? urgent : regular).add(task);
  }

  private void dequeue(SearchTask task) {
    urgent.remove(task);
    regular.remove(task);
  }

  /** Somebody waits for peers. */
  void hurry(SearchTask task, long nowNanos) {
    if (open.containsKey(task)) {
      dequeue(task);
      task.hurry(nowNanos);
      if (!task.isRunning()) {
        enqueue(task);
      }
    }
  }

  void remove(SearchTask task) {
    if (open.containsKey(task)) {
      dequeue(task);
      running.remove(task);
      open.remove(task);
    }
  }

  /** Takes out the next one that is due; the caller starts it. */
  Optional<SearchTask> next(long nowNanos) {
    settle();
    Optional<SearchTask> next = firstDue(urgent, nowNanos).or(() -> firstDue(regular, nowNanos));
    next.ifPresent(
        task -> {
          dequeue(task);
          running.add(task);
        });
    return next;
  }

  private static Optional<SearchTask> firstDue(NavigableSet<SearchTask> tasks, long nowNanos) {
    return tasks.isEmpty() || tasks.getFirst().dueAt() > nowNanos
        ? Optional.empty()
        : Optional.of(tasks.getFirst());
  }

  /** Puts back those whose lookups have ended. */
  private void settle() {
    List<SearchTask> ended = running.stream().filter(task -> !task.isRunning()).toList();
    running.removeAll(ended);
    ended.forEach(this::enqueue);
  }

  int size() {
    return open.size();
  }
}
