package io.sluice.cache;

import io.sluice.cache.PieceWaits.Load;
import io.sluice.cache.PieceWaits.Wait;
import io.sluice.cache.PieceWaits.Waiter;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final Map<InfoHash, SourceRegistration> registrations = new HashMap<>();
  private final PieceWaits waits;
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
    this.waits = new PieceWaits(limits);
  }

  @Override
  public Optional<Piece> find(PieceKey key) {
    try (Turn turn = new Turn()) {
      return Optional.ofNullable(turn.use(key));
    }
  }

  @Override
  public CompletableFuture<Piece> await(PieceKey key) {
    SourceRegistration registration = registration(key);
    SourceRegistration below =
        registration != null && registration.source.has(key.piece()) ? registration : null;
    try (Turn turn = new Turn()) {
      if (closed) {
        return CompletableFuture.failedFuture(gone());
      }
      Piece piece = turn.use(key);
      if (piece != null) {
        return CompletableFuture.completedFuture(piece);
      }
      if (waits.full()) {
        return CompletableFuture.failedFuture(
            new PieceUnavailableException("too many readers are waiting for pieces"));
      }
      Wait wait = waits.enter(key);
      if (below != null && isCurrent(key, below)) {
        waits.load(wait, below);
      }
      return turn.join(wait, wait.loading() ? null : registration);
    }
  }

  @Override
  public CompletableFuture<Optional<PieceFile>> open(PieceKey key) {
    SourceRegistration registration;
    try (Turn _ = new Turn()) {
      registration = closed || memory.contains(key) ? null : registrations.get(key.infoHash());
    }
    if (registration == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Optional<PieceFile> here = registration.source.openAtOnce(key.piece());
    if (here.isPresent() || !registration.source.opens(key.piece())) {
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
      Wait wait = waits.find(key);
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
    SourceRegistration registration = new SourceRegistration(source, listener);
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
      for (Wait wait : waits.of(infoHash)) {
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
      for (Wait wait : waits.all()) {
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

  private @Nullable SourceRegistration registration(PieceKey key) {
    try (Turn _ = new Turn()) {
      return registrations.get(key.infoHash());
    }
  }

  private boolean isCurrent(PieceKey key, @Nullable SourceRegistration registration) {
    return registration != null && registrations.get(key.infoHash()) == registration;
  }

  /** Reads a piece on the loader's thread, for all who wait for it by then. */
  private void load(Wait wait, SourceRegistration registration) {
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
      boolean awaited = waits.ended(wait);
      if (piece == null) {
        if (awaited) {
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
    CompletableFuture<Piece> join(Wait wait, @Nullable SourceRegistration unloaded) {
      Waiter waiter = waits.join(wait);
      after.add(() -> watch(wait, waiter));
      if (unloaded != null) {
        after.add(() -> wakeIfHad(wait.key, unloaded));
      }
      return waiter.future;
    }

    /** Keeps a piece that is not here and hands it to all who wait. */
    void arrived(PieceKey key, Piece piece) {
      for (Waiter waiter : waits.arrived(key)) {
        piece.retain(); // Now, while it cannot have been evicted.
        after.add(
            () -> {
              if (!waiter.future.complete(piece)) {
                piece.release();
              }
            });
      }
      memory.add(key, piece);
    }

    /** Shows a piece that has come to what stands under memory. */
    void handDown(PieceKey key, Piece piece) {
      SourceRegistration registration = registrations.get(key.infoHash());
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
    void part(List<PieceMemory.Leaving> pieces, @Nullable SourceRegistration registration) {
      for (PieceMemory.Leaving each : pieces) {
        after.add(() -> offer(each, registration));
      }
    }

    /** Fails all who wait; a load that is under way goes on. */
    void fail(Wait wait, PieceUnavailableException why) {
      fail(waits.giveUp(wait), why);
    }

    /** Fails all who wait, and disowns the load. */
    void drop(Wait wait, PieceUnavailableException why) {
      fail(waits.drop(wait), why);
    }

    private void fail(List<Waiter> waiters, PieceUnavailableException why) {
      for (Waiter waiter : waiters) {
        after.add(() -> waiter.future.completeExceptionally(why));
      }
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
      for (Load load = waits.nextLoad(); load != null; load = waits.nextLoad()) {
        Load next = load;
        after.add(() -> submit(next.awaited(), next.from()));
      }
    }

    private void notifyEvictions() {
      for (PieceMemory.Leaving each : memory.drainEvicted()) {
        SourceRegistration registration = registrations.get(each.key().infoHash());
        after.add(() -> leave(each, registration));
      }
    }
  }

  private void submit(Wait wait, SourceRegistration registration) {
    try {
      loader.execute(() -> load(wait, registration));
    } catch (RejectedExecutionException e) {
      finish(wait, null, gone());
    }
  }

  /** A piece has left memory: it goes one floor down, or the torrent hears that it is gone. */
  private void leave(PieceMemory.Leaving leaving, @Nullable SourceRegistration registration) {
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
  private static boolean offer(
      PieceMemory.Leaving leaving, @Nullable SourceRegistration registration) {
    try {
      return registration != null
          && registration.source.leaving(leaving.key().piece(), leaving.piece());
    } finally {
      leaving.piece().release();
    }
  }

  /** Loads a piece for those who wait for it without a load, if its source has it. */
  private void wakeIfHad(PieceKey key, SourceRegistration registration) {
    if (!registration.source.has(key.piece())) {
      return;
    }
    try (Turn _ = new Turn()) {
      Wait wait = waits.find(key);
      if (wait != null && isCurrent(key, registration)) {
        waits.load(wait, registration);
      }
    }
  }

  /** Memory as a source sees it; deaf once the torrent is registered anew or forgotten. */
  private final class Memory implements PieceSource.Above {
    private final InfoHash infoHash;
    private final SourceRegistration registration;

    Memory(InfoHash infoHash, SourceRegistration registration) {
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

  private void tell(SourceRegistration registration, PieceKey key) {
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
      waits.withdraw(wait, waiter);
    }
  }
}
