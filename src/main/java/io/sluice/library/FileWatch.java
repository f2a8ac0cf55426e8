package io.sluice.library;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at seeded files now and then, so that one that vanishes or changes is known before anybody
 * asks for it, and one that comes back is served again: those in trouble often, the others seldom.
 *
 * <p>Safe for any thread; looking happens on a thread of its own.
 */
public final class FileWatch implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(FileWatch.class);

  /** All files are looked at each so many times that those in trouble are. */
  private static final int SELDOM = 5;

  private final Set<SeededFiles> watched = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sluice-files").daemon().factory());
  private volatile Runnable others = () -> {};
  private int rounds;

  /**
   * @param every how often files in trouble are looked at
   */
  public FileWatch(Duration every) {
    var _ =
        looking.scheduleWithFixedDelay(
            this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Does this too whenever all files are looked at. */
  public void also(Runnable look) {
    others = look;
  }

  /** Looks at these files until the handle is closed. */
  public Runnable watch(SeededFiles files) {
    watched.add(files);
    return () -> watched.remove(files);
  }

  private void look() {
    boolean all = ++rounds % SELDOM == 0;
    for (SeededFiles files : watched) {
      if (all || files.problem().isPresent()) {
        attempt(files::look);
      }
    }
    if (all) {
      attempt(others);
    }
  }

  private static void attempt(Runnable look) {
    try {
      look.run();
    } catch (RuntimeException bug) {
      LOG.errorf(bug, "Looking at seeded files failed");
    }
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
