package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The memory tier: verified pieces within a bound, and one load per piece whoever waits.
 *
 * <p>Safe for any thread. One lock guards all state; it is held for a few map operations only, and
 * nothing foreign (a waiter's continuation, a listener, a source, an executor) runs under it. A
 * waiter's continuations run on the thread that brought the piece: whoever calls {@link #put}, or
 * the loads' executor.
 */
public final class PieceCache implements PieceStore {

  private static final Logger LOG = Logger.getLogger(PieceCache.class);

  private final CacheLimits limits;
  private final Executor loader;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`, down to `closed`. A piece in memory has no entry in `waits`.
  private final PieceMemory memory;
  private final Map<InfoHash, Registration> registrations = new HashMap<>();
  private final Map<PieceKey, Wait> waits = new HashMap<>();
  private final LinkedHashSet<Wait> queuedLoads = new LinkedHashSet<>();
  private int openWaiters;
  private int runningLoads;
  private boolean closed;

  /**
   * An empty cache.
   *
   * @param loader runs {@link PieceSource#load}, which blocks; the cache keeps to {@link
   *     CacheLimits#maxLoads} by itself and does not shut it down
   */
  public PieceCache(CacheLimits limits, Executor loader) {
    this.limits = limits;
    this.loader = loader;
    this.memory = new PieceMemory(limits);
  }

  /** What {@link #register} said; told apart from an earlier one by identity. */
  private static final class Registration {
    final PieceSource source;
    final EvictionListener listener;

    Registration(PieceSource source, EvictionListener listener) {
      this.source = source;
      this.listener = listener;
    }
  }

  /** One caller of {@link #await}; equal to itself alone. */
  private static final class Waiter {
    final CompletableFuture<Piece> future = new CompletableFuture<>();
  }

  /** Everybody who waits for one piece, and the load that is meant to bring it, if any. */
  private static final class Wait {
    final PieceKey key;
    final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>(2);
    @Nullable Registration loadingFrom;

    Wait(PieceKey key) {
      this.key = key;
    }
  }

  @Override
  public Optional<Piece> find(PieceKey key) {
    try (Turn turn = new Turn()) {
      return Optional.ofNullable(turn.use(key));
    }
  }

  @Override
  public CompletableFuture<Piece> await(PieceKey key) {
    Registration registration = registration(key);
    boolean loadable = registration != null && registration.source.has(key.piece());
    try (Turn turn = new Turn()) {
      if (closed) {
        return CompletableFuture.failedFuture(gone());
      }
      Piece piece = turn.use(key);
      if (piece != null) {
        return CompletableFuture.completedFuture(piece);
      }
      if (openWaiters >= limits.maxWaiters()) {
        return CompletableFuture.failedFuture(
            new PieceUnavailableException("too many readers are waiting for pieces"));
      }
      Wait wait = waits.computeIfAbsent(key, Wait::new);
      if (loadable && wait.loadingFrom == null && isCurrent(key, registration)) {
        wait.loadingFrom = registration;
        queuedLoads.add(wait);
      }
      return turn.join(wait);
    }
  }

  @Override
  public void put(PieceKey key, Piece piece) {
    try (Turn turn = new Turn()) {
      if (closed || memory.contains(key)) {
        piece.release();
        return;
      }
      turn.arrived(key, piece);
    }
  }

  @Override
  public void giveUp(PieceKey key, String reason) {
    try (Turn turn = new Turn()) {
      Wait wait = waits.get(key);
      if (wait != null) {
        turn.fail(wait, new PieceUnavailableException(reason));
      }
    }
  }

  @Override
  public boolean contains(PieceKey key) {
    try (Turn _ = new Turn()) {
      return memory.contains(key);
    }
  }

  @Override
  public void register(InfoHash infoHash, PieceSource source, EvictionListener listener) {
    try (Turn _ = new Turn()) {
      if (!closed) {
        registrations.put(infoHash, new Registration(source, listener));
      }
    }
  }

  @Override
  public void forget(InfoHash infoHash) {
    try (Turn turn = new Turn()) {
      registrations.remove(infoHash);
      memory.remove(infoHash);
      List<Wait> dropped =
          waits.values().stream().filter(wait -> wait.key.infoHash().equals(infoHash)).toList();
      for (Wait wait : dropped) {
        turn.drop(wait, new PieceUnavailableException("the torrent has been removed"));
      }
    }
  }

  @Override
  public void close() {
    try (Turn turn = new Turn()) {
      closed = true;
      registrations.clear();
      memory.clear();
      for (Wait wait : List.copyOf(waits.values())) {
        turn.drop(wait, gone());
      }
    }
  }

  @Override
  public long memoryBytes() {
    try (Turn _ = new Turn()) {
      return memory.bytes();
    }
  }

  @Override
  public long memoryLimitBytes() {
    return limits.memoryBytes();
  }

  private static PieceUnavailableException gone() {
    return new PieceUnavailableException("the gateway is stopping");
  }

  private @Nullable Registration registration(PieceKey key) {
    try (Turn _ = new Turn()) {
      return registrations.get(key.infoHash());
    }
  }

  private boolean isCurrent(PieceKey key, @Nullable Registration registration) {
    return registration != null && registrations.get(key.infoHash()) == registration;
  }

  /** Reads a piece on the loader's thread, for all who wait for it by then. */
  private void load(Wait wait, Registration registration) {
    Piece piece = null;
    PieceUnavailableException failure = null;
    try {
      piece = registration.source.load(wait.key.piece());
    } catch (IOException | RuntimeException e) {
      failure = unreadable(wait.key, e);
    } finally {
      // Also when an Error passes through: nobody may wait for a load that has ended.
      finish(wait, piece, failure == null ? unreadable(wait.key, null) : failure);
    }
  }

  private static PieceUnavailableException unreadable(PieceKey key, @Nullable Exception cause) {
    String reason = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
    return new PieceUnavailableException("piece " + key.piece() + " cannot be read" + reason);
  }

  private void finish(Wait wait, @Nullable Piece piece, PieceUnavailableException why) {
    try (Turn turn = new Turn()) {
      runningLoads--;
      wait.loadingFrom = null;
      if (piece == null) {
        if (waits.get(wait.key) == wait) {
          turn.drop(wait, why);
        }
      } else if (closed
          || memory.contains(wait.key)
          || !registrations.containsKey(wait.key.infoHash())) {
        piece.release();
      } else {
        turn.arrived(wait.key, piece);
      }
    }
  }

  /**
   * One hold of the lock, and what has to happen after it: completions, notices, loads. They are
   * collected while it is held and run by {@link #close}, after it has been let go.
   */
  private final class Turn implements AutoCloseable {

    private final List<Runnable> after = new ArrayList<>(0);

    Turn() {
      lock.lock();
    }

    @Nullable Piece use(PieceKey key) {
      return memory.use(key);
    }

    CompletableFuture<Piece> join(Wait wait) {
      Waiter waiter = new Waiter();
      wait.waiters.add(waiter);
      openWaiters++;
      after.add(() -> watch(wait, waiter));
      return waiter.future;
    }

    /** Keeps a piece that is not here and hands it to all who wait. */
    void arrived(PieceKey key, Piece piece) {
      Wait wait = waits.remove(key);
      if (wait != null) {
        queuedLoads.remove(wait);
        for (Waiter waiter : takeWaiters(wait)) {
          piece.retain(); // Now, while it cannot have been evicted.
          after.add(
              () -> {
                if (!waiter.future.complete(piece)) {
                  piece.release();
                }
              });
        }
      }
      memory.add(key, piece);
    }

    /** Fails all who wait; a load that is under way goes on. */
    void fail(Wait wait, PieceUnavailableException why) {
      for (Waiter waiter : takeWaiters(wait)) {
        after.add(() -> waiter.future.completeExceptionally(why));
      }
      removeIfIdle(wait);
    }

    /** Fails all who wait, and disowns the load. */
    void drop(Wait wait, PieceUnavailableException why) {
      fail(wait, why);
      queuedLoads.remove(wait);
      waits.remove(wait.key, wait);
    }

    private List<Waiter> takeWaiters(Wait wait) {
      List<Waiter> taken = List.copyOf(wait.waiters);
      wait.waiters.clear();
      openWaiters -= taken.size();
      return taken;
    }

    @Override
    public void close() {
      try {
        startLoads();
        notifyEvictions();
      } finally {
        lock.unlock();
      }
      after.forEach(Runnable::run);
    }

    private void startLoads() {
      Iterator<Wait> queue = queuedLoads.iterator();
      while (runningLoads < limits.maxLoads() && queue.hasNext()) {
        Wait wait = queue.next();
        Registration registration = wait.loadingFrom;
        queue.remove();
        if (registration != null) {
          runningLoads++;
          after.add(() -> submit(wait, registration));
        }
      }
    }

    private void notifyEvictions() {
      for (PieceKey key : memory.drainEvicted()) {
        Registration registration = registrations.get(key.infoHash());
        if (registration != null) {
          after.add(() -> tell(registration, key));
        }
      }
    }
  }

  private void submit(Wait wait, Registration registration) {
    try {
      loader.execute(() -> load(wait, registration));
    } catch (RejectedExecutionException e) {
      finish(wait, null, gone());
    }
  }

  private void tell(Registration registration, PieceKey key) {
    // A piece that has come back since would be reported missing while it is here.
    if (registration.source.has(key.piece()) || contains(key)) {
      return;
    }
    try {
      registration.listener.evicted(key.piece());
    } catch (RuntimeException e) {
      LOG.warnf(e, "The torrent %s could not be told of an evicted piece", key.infoHash());
    }
  }

  /** Ends the wait when the future completes by its holder's doing. */
  private void watch(Wait wait, Waiter waiter) {
    var _ = waiter.future.whenComplete((_, _) -> withdraw(wait, waiter));
  }

  private void withdraw(Wait wait, Waiter waiter) {
    try (Turn _ = new Turn()) {
      if (wait.waiters.remove(waiter)) {
        openWaiters--;
        removeIfIdle(wait);
      }
    }
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
