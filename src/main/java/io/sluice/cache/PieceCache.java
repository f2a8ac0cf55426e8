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
      return turn.join(wait, wait.loadingFrom == null ? registration : null);
    }
  }

  @Override
  public CompletableFuture<Optional<PieceFile>> open(PieceKey key) {
    Registration registration;
    try (Turn _ = new Turn()) {
      registration = closed || memory.contains(key) ? null : registrations.get(key.infoHash());
    }
    if (registration == null || !registration.source.opens(key.piece())) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Optional<PieceFile> here = registration.source.openAtOnce(key.piece());
    if (here.isPresent()) {
      return CompletableFuture.completedFuture(here);
    }
    CompletableFuture<Optional<PieceFile>> result = new CompletableFuture<>();
    try {
      loader.execute(() -> open(registration.source, key.piece(), result));
    } catch (RejectedExecutionException ending) {
      result.complete(Optional.empty());
    }
    return result;
  }

  private static void open(
      PieceSource source, int piece, CompletableFuture<Optional<PieceFile>> result) {
    Optional<PieceFile> file = Optional.empty();
    try {
      if (!result.isDone()) {
        file = source.open(piece);
      }
    } catch (RuntimeException defect) {
      LOG.warnf(defect, "Piece %d could not be opened", piece);
    } finally {
      if (!result.complete(file)) {
        file.ifPresent(PieceFile::close);
      }
    }
  }

  @Override
  public void put(PieceKey key, Piece piece) {
    try (Turn turn = new Turn()) {
      if (closed || memory.contains(key)) {
        piece.release();
        return;
      }
      turn.handDown(key, piece);
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
    Registration registration = new Registration(source, listener);
    try (Turn turn = new Turn()) {
      if (!closed) {
        registrations.put(infoHash, registration);
        turn.after.add(() -> source.attach(new Memory(infoHash, registration)));
      }
    }
  }

  @Override
  public void forget(InfoHash infoHash) {
    try (Turn turn = new Turn()) {
      turn.part(memory.remove(infoHash), registrations.remove(infoHash));
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
      for (PieceMemory.Leaving each : memory.clear()) {
        turn.part(List.of(each), registrations.get(each.key().infoHash()));
      }
      registrations.clear();
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

    /** Adds a waiter; if nothing loads the piece, the source is asked once more for it. */
    CompletableFuture<Piece> join(Wait wait, @Nullable Registration unloaded) {
      Waiter waiter = new Waiter();
      wait.waiters.add(waiter);
      openWaiters++;
      after.add(() -> watch(wait, waiter));
      if (unloaded != null) {
        after.add(() -> wakeIfHad(wait.key, unloaded));
      }
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

    /** Shows a piece that has come to what stands under memory. */
    void handDown(PieceKey key, Piece piece) {
      Registration registration = registrations.get(key.infoHash());
      if (registration != null) {
        piece.retain();
        after.add(
            () -> {
              try {
                registration.source.arrived(key.piece(), piece);
              } finally {
                piece.release();
              }
            });
      }
    }

    /** Offers pieces of a torrent that is being forgotten to what stood under memory. */
    void part(List<PieceMemory.Leaving> pieces, @Nullable Registration registration) {
      for (PieceMemory.Leaving each : pieces) {
        after.add(() -> offer(each, registration));
      }
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
      for (PieceMemory.Leaving each : memory.drainEvicted()) {
        Registration registration = registrations.get(each.key().infoHash());
        after.add(() -> leave(each, registration));
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

  /** A piece has left memory: it goes one floor down, or the torrent hears that it is gone. */
  private void leave(PieceMemory.Leaving leaving, @Nullable Registration registration) {
    boolean below = offer(leaving, registration);
    if (registration == null) {
      return;
    }
    if (below) {
      // Whoever asked for it in between found it nowhere.
      wakeIfHad(leaving.key(), registration);
    } else {
      tell(registration, leaving.key());
    }
  }

  /** Offers a piece to a source and gives it up; whether the source has it now. */
  private static boolean offer(PieceMemory.Leaving leaving, @Nullable Registration registration) {
    try {
      return registration != null
          && registration.source.leaving(leaving.key().piece(), leaving.piece());
    } finally {
      leaving.piece().release();
    }
  }

  /** Loads a piece for those who wait for it without a load, if its source has it. */
  private void wakeIfHad(PieceKey key, Registration registration) {
    if (!registration.source.has(key.piece())) {
      return;
    }
    try (Turn _ = new Turn()) {
      Wait wait = waits.get(key);
      if (wait != null
          && wait.loadingFrom == null
          && !wait.waiters.isEmpty()
          && isCurrent(key, registration)) {
        wait.loadingFrom = registration;
        queuedLoads.add(wait);
      }
    }
  }

  /** Memory as a source sees it; deaf once the torrent is registered anew or forgotten. */
  private final class Memory implements PieceSource.Above {
    private final InfoHash infoHash;
    private final Registration registration;

    Memory(InfoHash infoHash, Registration registration) {
      this.infoHash = infoHash;
      this.registration = registration;
    }

    private boolean current(PieceKey key) {
      try (Turn _ = new Turn()) {
        return isCurrent(key, registration);
      }
    }

    @Override
    public void lost(int piece) {
      PieceKey key = new PieceKey(infoHash, piece);
      if (current(key)) {
        tell(registration, key);
      }
    }

    @Override
    public void returned(int piece) {
      PieceKey key = new PieceKey(infoHash, piece);
      if (current(key)) {
        wakeIfHad(key, registration);
        registration.listener.returned(piece);
      }
    }

    @Override
    public Optional<Piece> peek(int piece) {
      PieceKey key = new PieceKey(infoHash, piece);
      try (Turn _ = new Turn()) {
        return isCurrent(key, registration)
            ? Optional.ofNullable(memory.peek(key))
            : Optional.empty();
      }
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
