package io.sluice.stream;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceFile;
import io.sluice.cache.PieceUnavailableException;
import io.sluice.metainfo.PieceGeometry;
import io.sluice.swarm.SwarmReader;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a byte range as consecutive slices, one piece at a time, on demand.
 *
 * <p>The slices that {@link #next} has handed out, put together, are the range from its first byte
 * on: none missing, none twice. Nothing is read that was not asked for, but the swarm may fetch
 * ahead for as long as the reader is open. Safe for any thread; no method blocks.
 */
public final class RangeReader implements AutoCloseable {

  private static final SwarmReader NOTHING =
      new SwarmReader() {
        @Override
        public CompletableFuture<Piece> piece(int piece) {
          throw new IndexOutOfBoundsException("an empty range has no piece " + piece);
        }

        @Override
        public void close() {}
      };

  private final PieceGeometry geometry;
  private final long begin;
  private final SwarmReader window;
  private final long end;
  private final Consumer<ByteBuffer> head;

  // Guarded by this. `position` is the torrent offset of the next byte, or of the pending slice's
  // first; it moves when that slice is seen to have been handed out, which nobody can take back.
  private long position;
  private @Nullable CompletableFuture<?> pending;
  private boolean closed;

  /**
   * @param head looks at the first slice that comes, and keeps nothing of it
   */
  RangeReader(
      PieceGeometry geometry, SwarmReader window, long begin, long end, Consumer<ByteBuffer> head) {
    this.geometry = geometry;
    this.begin = begin;
    this.head = head;
    this.window = window;
    this.position = begin;
    this.end = end;
  }

  static RangeReader empty(PieceGeometry geometry) {
    return new RangeReader(geometry, NOTHING, 0, -1, _ -> {});
  }

  /** Whether every slice has been handed out. */
  public synchronized boolean exhausted() {
    settle();
    return position > end;
  }

  /** Bytes that have not been handed out yet. */
  public synchronized long remaining() {
    settle();
    return end + 1 - position;
  }

  /**
   * The next slice, at most to the end of its piece, for the caller to release. Completes
   * exceptionally with {@link PieceUnavailableException} when it will not come or the reader is
   * closed; the same slice may be asked for again. Cancelling the future leaves the slice to the
   * next call.
   *
   * @throws IllegalStateException when the reader is exhausted, or the slice before this is still
   *     awaited
   */
  public CompletableFuture<Slice> next() {
    CompletableFuture<Slice> result = new CompletableFuture<>();
    int index;
    int offset;
    int length;
    boolean isHead;
    synchronized (this) {
      settle();
      if (closed) {
        return CompletableFuture.failedFuture(closed());
      }
      if (position > end) {
        throw new IllegalStateException("the range is exhausted");
      }
      if (pending != null) {
        throw new IllegalStateException("the slice before is still awaited");
      }
      index = geometry.pieceAt(position);
      offset = geometry.offsetInPiece(position);
      length = (int) Math.min(geometry.bytesOf(index) - offset, end + 1 - position);
      isHead = position == begin;
      pending = result;
    }
    CompletableFuture<Piece> piece = window.piece(index);
    var _ =
        piece.whenComplete(
            (arrived, failure) -> {
              if (failure != null) {
                result.completeExceptionally(failure);
                return;
              }
              if (isHead) {
                head.accept(arrived.slice(offset, length));
              }
              if (!result.complete(new Slice(arrived, offset, length))) {
                arrived.release();
              }
            });
    // Whoever gives the slice up, the caller or close(), gives up the wait for the piece with it.
    var _ =
        result.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                piece.cancel(false);
              }
            });
    return result;
  }

  /**
   * The next bytes as a slice of a file, where that is how they are had best; for the caller to
   * close. Empty when {@link #next} has them, and then nothing has been handed out. Otherwise like
   * {@link #next}.
   */
  public CompletableFuture<Optional<FileSlice>> nextFromFile() {
    CompletableFuture<Optional<FileSlice>> result = new CompletableFuture<>();
    long first;
    int index;
    int begin;
    synchronized (this) {
      settle();
      if (closed || position > end) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      if (pending != null) {
        throw new IllegalStateException("the slice before is still awaited");
      }
      first = position;
      index = geometry.pieceAt(first);
      begin = geometry.offsetInPiece(first);
      pending = result;
    }
    CompletableFuture<Optional<PieceFile>> file = window.file(index);
    var _ =
        file.whenComplete(
            (opened, failure) -> {
              Optional<FileSlice> slice =
                  failure != null
                      ? Optional.empty()
                      : opened.map(there -> slice(there, begin, end + 1 - first));
              if (!result.complete(slice)) {
                slice.ifPresent(FileSlice::close);
              }
            });
    var _ =
        result.whenComplete(
            (_, failure) -> {
              if (failure != null) {
                file.cancel(false);
              }
            });
    return result;
  }

  private static FileSlice slice(PieceFile file, int begin, long wanted) {
    return new FileSlice(file, file.offset() + begin, Math.min(file.length() - begin, wanted));
  }

  private static long bytesOf(Object handedOut) {
    return switch (handedOut) {
      case Slice slice -> slice.length();
      case Optional<?> maybe -> maybe.map(slice -> ((FileSlice) slice).length()).orElse(0L);
      default -> throw new AssertionError(handedOut);
    };
  }

  private void settle() {
    if (pending != null && pending.isDone()) {
      if (!pending.isCompletedExceptionally()) {
        position += bytesOf(pending.resultNow());
      }
      pending = null;
    }
  }

  /**
   * Withdraws the window at once. A slice that is still awaited fails, and is released should it
   * come nevertheless; slices that have been handed out stay valid. Idempotent.
   */
  @Override
  public void close() {
    CompletableFuture<?> awaited;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      awaited = pending;
    }
    window.close();
    if (awaited != null) {
      awaited.completeExceptionally(closed());
    }
  }

  private static PieceUnavailableException closed() {
    return new PieceUnavailableException("the reader has been closed");
  }
}
