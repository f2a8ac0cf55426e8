package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceFile;
import io.sluice.cache.PieceKey;
import io.sluice.cache.PieceStore;
import io.sluice.cache.PieceUnavailableException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a {@link SwarmSession}. Guarantees that every piece it is given by the store is
 * either handed out or released, whatever is cancelled or closed meanwhile, and that a caller's
 * continuations run on threads of their own.
 *
 * <p>Safe for any thread.
 */
final class SessionReader implements SwarmReader {

  private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

  private final SwarmSession session;
  private final PieceStore store;
  private final int key;
  private final int first;
  private final int last;
  private final Map<Long, CompletableFuture<Piece>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong asks = new AtomicLong();
  private volatile boolean closed;

  SessionReader(SwarmSession session, PieceStore store, int key, int first, int last) {
    this.session = session;
    this.store = store;
    this.key = key;
    this.first = first;
    this.last = last;
  }

  @Override
  public CompletableFuture<Piece> piece(int piece) {
    if (piece < first || piece > last) {
      throw new IndexOutOfBoundsException("piece " + piece + " of " + first + ".." + last);
    }
    if (closed) {
      return CompletableFuture.failedFuture(gone());
    }
    Optional<Piece> here = store.find(new PieceKey(session.infoHash(), piece));
    if (here.isPresent()) {
      session.postReader(new Event.ReaderMoved(key, piece));
      return CompletableFuture.completedFuture(here.get());
    }
    CompletableFuture<Piece> own = new CompletableFuture<>();
    long ask = asks.getAndIncrement();
    waiting.put(ask, own);
    session.post(new Event.ReaderAsked(key, piece));
    var _ =
        own.whenComplete(
            (_, _) -> {
              waiting.remove(ask);
              session.post(new Event.ReaderSettled(key, piece));
            });
    await(own, piece, true);
    if (closed) {
      own.completeExceptionally(gone());
    }
    return own;
  }

  @Override
  public CompletableFuture<Optional<PieceFile>> file(int piece) {
    if (piece < first || piece > last) {
      throw new IndexOutOfBoundsException("piece " + piece + " of " + first + ".." + last);
    }
    if (closed) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<PieceFile>> opened =
        store.open(new PieceKey(session.infoHash(), piece));
    var _ =
        opened.whenComplete(
            (file, _) -> {
              if (file != null && file.isPresent()) {
                session.postReader(new Event.ReaderMoved(key, piece));
              }
            });
    return opened;
  }

  /** Hands the piece on when the store has it; a source that fails gives way to the swarm, once. */
  private void await(CompletableFuture<Piece> own, int piece, boolean again) {
    CompletableFuture<Piece> stored = store.await(new PieceKey(session.infoHash(), piece));
    var _ = own.whenComplete((_, _) -> stored.cancel(false));
    var _ =
        stored.whenCompleteAsync(
            (bytes, failure) -> {
              if (bytes != null) {
                if (!own.complete(bytes)) {
                  bytes.release();
                }
              } else if (again && !closed && !own.isDone() && !session.closed()) {
                session.post(new Event.Evicted(piece));
                await(own, piece, false);
              } else {
                own.completeExceptionally(unavailable(failure));
              }
            },
            VIRTUAL);
  }

  private PieceUnavailableException unavailable(@Nullable Throwable failure) {
    if (closed || session.closed() || failure instanceof CancellationException) {
      return gone();
    }
    return failure instanceof PieceUnavailableException told
        ? told
        : new PieceUnavailableException("the piece could not be read");
  }

  private PieceUnavailableException gone() {
    return new PieceUnavailableException(
        session.closed() ? "the torrent was removed" : "the reader was closed");
  }

  @Override
  public void pace(long bytesPerSecond) {
    if (bytesPerSecond > 0) {
      session.post(new Event.ReaderPaced(key, bytesPerSecond));
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.readerClosed(this, key);
      waiting.values().forEach(own -> VIRTUAL.execute(() -> own.completeExceptionally(gone())));
    }
  }
}
