package io.sluice.discovery.dht;

import io.sluice.discovery.FoundBy;
import io.sluice.discovery.PeerSink;
import io.sluice.wire.InfoHash;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * A torrent whose peers are wanted: looked up every 15 minutes or so, and sooner while somebody
 * waits for peers, though less and less often as long as that goes on.
 *
 * <p>Confined to the core, but for {@link #close} and {@link #isClosed}.
 */
final class SearchTask {

  static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(15);

  /** Lookups through few nodes find less, so the first of them are repeated soon. */
  private static final long[] THIN_NANOS = {
    TimeUnit.SECONDS.toNanos(15), TimeUnit.SECONDS.toNanos(60), TimeUnit.MINUTES.toNanos(5)
  };

  private static final long FIRST_HURRY_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long MAX_HURRY_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final InfoHash infoHash;
  private final int announcedPort;
  private final PeerSink sink;
  private final AtomicBoolean closed = new AtomicBoolean();
  private long dueAt;
  private long startedAt;
  private long hurriedAt;
  private long hurryNanos = FIRST_HURRY_NANOS;
  private boolean urgent;
  private boolean thin;
  private int thinRuns;
  private int lookups;

  /**
   * @param announcedPort where we accept peers over TCP, which those that know about the torrent
   *     are told; 0 to tell nobody
   */
  SearchTask(InfoHash infoHash, int announcedPort, PeerSink sink) {
    if (announcedPort < 0 || announcedPort > 0xFFFF) {
      throw new IllegalArgumentException("port: " + announcedPort);
    }
    this.infoHash = infoHash;
    this.announcedPort = announcedPort;
    this.sink = sink;
  }

  InfoHash infoHash() {
    return infoHash;
  }

  int announcedPort() {
    return announcedPort;
  }

  void report(List<InetSocketAddress> peers) {
    if (!closed.get()) {
      sink.found(peers, FoundBy.DHT);
    }
  }

  /** Whether lookups of it are under way. */
  boolean isRunning() {
    return lookups > 0;
  }

  /** When it is to be looked up next; of no meaning while it {@link #isRunning}. */
  long dueAt() {
    return dueAt;
  }

  /** Whether somebody waits, so that it goes before those that only repeat. */
  boolean isUrgent() {
    return urgent;
  }

  /**
   * Lookups have begun.
   *
   * @param thinNetwork whether few nodes are known
   */
  void started(int newLookups, boolean thinNetwork, long nowNanos) {
    lookups = newLookups;
    thin = thinNetwork;
    startedAt = nowNanos;
    if (urgent) {
      urgent = false;
      hurryNanos = Math.min(2 * hurryNanos, MAX_HURRY_NANOS);
    }
  }

  /** One of its lookups has ended; the next run is counted from the end of the last of them. */
  void lookupEnded(RandomGenerator random, long nowNanos) {
    lookups--;
    if (lookups > 0) {
      return;
    }
    long pause = thin && thinRuns < THIN_NANOS.length ? THIN_NANOS[thinRuns++] : REPEAT_NANOS;
    // Up to a fifth earlier or later, so that the torrents of a restart drift apart.
    dueAt = nowNanos + (long) (pause * (0.8 + 0.4 * random.nextDouble()));
  }

  /** Somebody waits for peers; to be repeated as long as that is so. */
  void hurry(long nowNanos) {
    if (nowNanos - hurriedAt >= REPEAT_NANOS) {
      hurryNanos = FIRST_HURRY_NANOS;
    }
    hurriedAt = nowNanos;
    if (!isRunning()) {
      urgent = true;
      dueAt = Math.min(dueAt, startedAt + hurryNanos);
    }
  }

  /** Ends it; false when it was over already. */
  boolean close() {
    return closed.compareAndSet(false, true);
  }

  boolean isClosed() {
    return closed.get();
  }
}
