package io.sluice.swarm;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs other people's code outside of the session's thread: one call at a time, in order, on a
 * virtual thread that lives while there is something to run. Bounded: what may be left out is left
 * out when too much waits.
 *
 * <p>Safe for any thread.
 */
final class Notifier {

  private static final Logger LOG = Logger.getLogger(Notifier.class);
  private static final int BOUND = 4096;

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  /** Runs something, always. */
  void tell(Runnable call) {
    add(call, Integer.MAX_VALUE);
  }

  /** Runs something unless too much waits. */
  void mention(Runnable call) {
    add(call, BOUND);
  }

  private synchronized void add(Runnable call, int bound) {
    if (waiting.size() >= bound) {
      return;
    }
    waiting.add(call);
    if (!running) {
      running = true;
      Thread.ofVirtual().name("sluice-notify").start(this::drain);
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable call = waiting.poll();
    running = call != null;
    return call;
  }

  private void drain() {
    for (Runnable call = next(); call != null; call = next()) {
      try {
        call.run();
      } catch (RuntimeException | Error bug) {
        LOG.error("A listener of a torrent failed", bug);
      }
    }
  }
}
