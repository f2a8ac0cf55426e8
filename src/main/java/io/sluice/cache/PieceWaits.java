package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which piece, and the loads that are meant to bring them.
 *
 * <p>Invariants: a piece has a {@link Wait} here exactly while somebody waits for it or a load of
 * it is queued or runs that nobody has disowned; a load is queued only while somebody waits; at
 * most {@link CacheLimits#maxLoads} loads run.
 *
 * <p>Guarded by the lock of {@link PieceCache}; completes no future.
 */
final class PieceWaits {

  /** One caller of {@link PieceCache#await}; equal to itself alone. */
  static final class Waiter {
    final CompletableFuture<Piece> future = new CompletableFuture<>();
  }

  /** Everybody who waits for one piece, and the load that is meant to bring it, if any. */
  static final class Wait {
    final PieceKey key;
    private final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>(2);
    private @Nullable SourceRegistration loadingFrom;

    private Wait(PieceKey key) {
      this.key = key;
    }

    boolean loading() {
      return loadingFrom != null;
    }
  }

  /** A load that is to be run now, and said to have {@link #ended}. */
  record Load(Wait awaited, SourceRegistration from) {}

  private final CacheLimits limits;
  private final Map<PieceKey, Wait> waits = new HashMap<>();
  private final LinkedHashSet<Wait> queuedLoads = new LinkedHashSet<>();
  private int openWaiters;
  private int runningLoads;

  PieceWaits(CacheLimits limits) {
    this.limits = limits;
  }

  /** Whether as many wait as may. */
  boolean full() {
    return openWaiters >= limits.maxWaiters();
  }

  @Nullable Wait find(PieceKey key) {
    return waits.get(key);
  }

  List<Wait> all() {
    return List.copyOf(waits.values());
  }

  List<Wait> of(InfoHash infoHash) {
    return waits.values().stream().filter(wait -> wait.key.infoHash().equals(infoHash)).toList();
  }

  /** The wait for a piece, which the caller is about to {@link #join}. */
  Wait enter(PieceKey key) {
    return waits.computeIfAbsent(key, Wait::new);
  }

  Waiter join(Wait wait) {
    Waiter waiter = new Waiter();
    wait.waiters.add(waiter);
    openWaiters++;
    return waiter;
  }

  /** A waiter does not wait any more, if it did. */
  void withdraw(Wait wait, Waiter waiter) {
    if (wait.waiters.remove(waiter)) {
      openWaiters--;
      removeIfIdle(wait);
    }
  }

  /** Has a piece loaded for those who wait for it, unless it is being loaded. */
  void load(Wait wait, SourceRegistration from) {
    if (wait.loadingFrom == null) {
      wait.loadingFrom = from;
      queuedLoads.add(wait);
    }
  }

  /** The next load that may run. */
  @Nullable Load nextLoad() {
    while (runningLoads < limits.maxLoads() && !queuedLoads.isEmpty()) {
      Wait wait = queuedLoads.removeFirst();
      SourceRegistration from = wait.loadingFrom;
      if (from != null) {
        runningLoads++;
        return new Load(wait, from);
      }
    }
    return null;
  }

  /** A load has ended, whatever came of it; whether its wait is still here. */
  boolean ended(Wait wait) {
    runningLoads--;
    wait.loadingFrom = null;
    return waits.get(wait.key) == wait;
  }

  /** A piece has come: takes out all who wait for it. */
  List<Waiter> arrived(PieceKey key) {
    Wait wait = waits.remove(key);
    if (wait == null) {
      return List.of();
    }
    queuedLoads.remove(wait);
    return takeWaiters(wait);
  }

  /** Takes out all who wait; a load that is under way goes on. */
  List<Waiter> giveUp(Wait wait) {
    List<Waiter> taken = takeWaiters(wait);
    removeIfIdle(wait);
    return taken;
  }

  /** Takes out all who wait, and disowns the load. */
  List<Waiter> drop(Wait wait) {
    List<Waiter> taken = giveUp(wait);
    queuedLoads.remove(wait);
    waits.remove(wait.key, wait);
    return taken;
  }

  private List<Waiter> takeWaiters(Wait wait) {
    List<Waiter> taken = List.copyOf(wait.waiters);
    wait.waiters.clear();
    openWaiters -= taken.size();
    return taken;
  }

  /** Forgets a wait without waiters, and its load unless that has begun. */
  private void removeIfIdle(Wait wait) {
    if (!wait.waiters.isEmpty()) {
      return;
    }
    if (queuedLoads.remove(wait)) {
      wait.loadingFrom = null;
    }
    if (wait.loadingFrom == null) {
      waits.remove(wait.key, wait);
    }
  }
}
