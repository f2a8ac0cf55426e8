package io.sluice.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the disk, and when to try again: after a while, and after twice that while if
 * it goes wrong again. Says in the log when a trouble begins and when it is over, once each.
 *
 * <p>Safe for any thread.
 */
final class DiskTrouble {

  private static final Logger LOG = Logger.getLogger(DiskTier.class);
  private static final int MOST_DOUBLINGS = 5;

  private final Path folder;
  private final long retryNanos;
  private final LongSupplier nanoClock;
  private @Nullable String problem;
  private int doublings;
  private long dueNanos;

  DiskTrouble(Path folder, Duration retryEvery, LongSupplier nanoClock) {
    this.folder = folder;
    this.retryNanos = retryEvery.toNanos();
    this.nanoClock = nanoClock;
  }

  synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  synchronized boolean present() {
    return problem != null;
  }

  /** How long not to write, in nanoseconds; 0 when one may. */
  synchronized long waitNanos() {
    return problem == null ? 0 : Math.max(0, dueNanos - nanoClock.getAsLong());
  }

  /** Something went wrong. */
  void failed(String doing, IOException failure) {
    begin("the disk tier cannot %s %s: %s".formatted(doing, folder, IoReason.of(failure)));
  }

  synchronized void begin(String what) {
    long nowNanos = nanoClock.getAsLong();
    if (!what.equals(problem)) {
      LOG.warn(what);
    }
    if (problem == null) {
      doublings = 0;
    } else if (dueNanos > nowNanos) {
      problem = what; // Before the next attempt nothing has been tried in vain.
      return;
    } else {
      doublings = Math.min(MOST_DOUBLINGS, doublings + 1);
    }
    problem = what;
    dueNanos = nowNanos + (retryNanos << doublings);
  }

  /** The next attempt may come now. */
  synchronized void hurry() {
    dueNanos = nanoClock.getAsLong();
  }

  /** Writing worked. */
  synchronized void over() {
    if (problem != null) {
      problem = null;
      LOG.infof("The disk tier writes to %s again", folder);
    }
  }
}
