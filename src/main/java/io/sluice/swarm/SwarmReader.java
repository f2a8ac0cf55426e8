package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceFile;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One reader's window into a swarm: what it wants next is fetched first.
 *
 * <p>Reading a piece moves the window there. Safe for any thread; no method blocks.
 */
public interface SwarmReader extends AutoCloseable {

  /**
   * A piece of the reader's range, retained for the caller. The future is the caller's own: giving
   * it up disturbs no other reader. Completes exceptionally with {@link
   * io.sluice.cache.PieceUnavailableException} when the torrent is removed or its source fails;
   * waits otherwise for as long as the reader is open.
   */
  CompletableFuture<Piece> piece(int piece);

  /**
   * A piece of the reader's range as part of a file that can be sent as it is, for the caller to
   * close. Empty when it is to be had by {@link #piece}. The future is the caller's own and never
   * fails.
   */
  default CompletableFuture<Optional<PieceFile>> file(int piece) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  /**
   * What the file says of itself: how many bytes of it are played in a second, more or less. A hint
   * that may come at any time.
   */
  default void pace(long bytesPerSecond) {}

  /**
   * Withdraws the window; idempotent. Pieces already handed out stay valid. What is on its way is
   * given up after a quarter of a second, unless somebody goes on there.
   */
  @Override
  void close();
}
