package io.sluice.discovery.dht;

import io.sluice.wire.InfoHash;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A torrent whose peers are wanted: looked up soon again at first, then every 15 minutes or so.
 * Confined to the core, but for {@link #isClosed}.
 */
final class SearchTask {

  static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(15);

  /** The first lookups come while the table still fills, and find less. */
  private static final long[] FIRST_NANOS = {
    TimeUnit.SECONDS.toNanos(15), TimeUnit.SECONDS.toNanos(60), TimeUnit.MINUTES.toNanos(5)
  };

  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long HURRY_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final InfoHash infoHash;
  private final DhtAnnounce announce;
  private final Consumer<InetSocketAddress> found;
  private volatile boolean closed;
  private long dueAt;
  private long ranAt;
  private int runs;
  private int lookups;

  SearchTask(
      InfoHash infoHash, DhtAnnounce announce, Consumer<InetSocketAddress> found, long nowNanos) {
    this.infoHash = infoHash;
    this.announce = announce;
    this.found = found;
    this.dueAt = nowNanos;
  }

  InfoHash infoHash() {
    return infoHash;
  }

  DhtAnnounce announce() {
    return announce;
  }

  Consumer<InetSocketAddress> found() {
    return found;
  }

  boolean isDue(long nowNanos) {
    return lookups == 0 && nowNanos >= dueAt;
  }

  long dueAt() {
    return dueAt;
  }

  /** There was nobody to ask. */
  void postpone(long nowNanos) {
    dueAt = nowNanos + RETRY_NANOS;
  }

  void started(int newLookups, long nowNanos) {
    lookups = newLookups;
    runs++;
    ranAt = nowNanos;
  }

  /** One of its lookups has ended; the next run is counted from the end of the last of them. */
  void lookupEnded(RandomGenerator random, long nowNanos) {
    lookups--;
    long pause = runs <= FIRST_NANOS.length ? FIRST_NANOS[runs - 1] : REPEAT_NANOS;
    // Up to a fifth earlier or later, so that the torrents of a restart drift apart.
    dueAt = nowNanos + (long) (pause * (0.8 + 0.4 * random.nextDouble()));
  }

  /** Somebody waits for peers: the next run comes as soon as a minute after the last. */
  void hurry(long nowNanos) {
    dueAt = Math.min(dueAt, Math.max(nowNanos, ranAt + HURRY_NANOS));
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }
}
