package io.sluice.library;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Torrents that have a session, and how many of them are awake because they want something.
 *
 * <p>Torrents that nobody uses are woken only while those are fewer than {@link
 * LibraryLimits#fetching}, and go to rest when they are quiet. Safe for any thread; {@link
 * #letRest} and {@link #tryAgain} are for the library's own.
 */
final class AwakeTorrents {

  private final LibraryLimits limits;
  private final Set<KnownTorrent> awake = ConcurrentHashMap.newKeySet();
  private final AtomicInteger fetching = new AtomicInteger();

  AwakeTorrents(LibraryLimits limits) {
    this.limits = limits;
  }

  void add(KnownTorrent torrent) {
    awake.add(torrent);
  }

  void remove(KnownTorrent torrent) {
    awake.remove(torrent);
  }

  void clear() {
    awake.clear();
  }

  int size() {
    return awake.size();
  }

  Collection<KnownTorrent> all() {
    return Collections.unmodifiableCollection(awake);
  }

  /** Whether one more may be woken because it wants something. */
  boolean mayFetch() {
    return fetching.get() < limits.fetching();
  }

  /** Lets those rest that nobody uses, and tells of each; the others go on. */
  void letRest(long nowNanos, Consumer<KnownTorrent> rested) {
    for (KnownTorrent torrent : List.copyOf(awake)) {
      if (torrent.restIfQuiet(nowNanos)) {
        awake.remove(torrent);
        rested.accept(torrent);
      } else {
        torrent.fetch();
      }
    }
    fetching.set((int) awake.stream().filter(KnownTorrent::wants).count());
  }

  /** Wakes those that want something, as long as {@link #mayFetch}. */
  void tryAgain(Collection<KnownTorrent> torrents, long nowNanos) {
    // Those that have waited longest, so that each gets its turn.
    torrents.stream()
        .filter(torrent -> torrent.wants() && torrent.mayTryAgain(nowNanos))
        .sorted(Comparator.comparingLong(torrent -> torrent.sleptAtNanos() - nowNanos))
        .limit(Math.max(0, limits.fetching() - fetching.get()))
        .forEach(
            torrent -> {
              fetching.incrementAndGet();
              var _ = torrent.swarm().wake();
            });
  }
}
