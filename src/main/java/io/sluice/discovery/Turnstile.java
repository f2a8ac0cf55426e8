package io.sluice.discovery;

import java.util.ArrayDeque;

/**
 * Lets so many tasks at a time through, the others when those have left. Confined to one thread.
 */
final class Turnstile {

  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int free;

  Turnstile(int atOnce) {
    free = atOnce;
  }

  /** Runs a task, now or later. Whoever is through must {@link #leave}, once. */
  void enter(Runnable task) {
    if (free > 0) {
      free--;
      task.run();
    } else {
      waiting.addLast(task);
    }
  }

  void leave() {
    Runnable next = waiting.pollFirst();
    if (next == null) {
      free++;
    } else {
      next.run();
    }
  }
}
