package io.sluice.discovery.dht;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Says what a node goes through, at most once a minute. Safe for any thread. */
final class DhtLog {

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final AtomicLong totalsAt = new AtomicLong(System.nanoTime());
  private final AtomicLong bugAt = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

  DhtLog(Logger log) {
    this.log = log;
  }

  void totals(DhtStatus.Totals totals) {
    if (isTime(totalsAt)) {
      log.debugf("DHT: %s", totals);
    }
  }

  /** A mistake of ours or of a caller: nothing that a stranger should be able to bring about. */
  void bug(RuntimeException bug) {
    if (isTime(bugAt)) {
      log.warn("DHT: something failed that should not", bug);
    }
  }

  private static boolean isTime(AtomicLong last) {
    long now = System.nanoTime();
    long before = last.get();
    return now - before >= PAUSE_NANOS && last.compareAndSet(before, now);
  }
}
