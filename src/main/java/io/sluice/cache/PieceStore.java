package io.sluice.cache;

import io.sluice.wire.InfoHash;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The verified pieces of all torrents, bounded in bytes; the least useful leave first.
 *
 * <p>Every {@link Piece} that this hands out is retained for its receiver, who releases it. Safe
 * for any thread; no method blocks.
 */
public interface PieceStore extends AutoCloseable {

  /** The piece when it is in memory now, retained; counts as a use of it. */
  Optional<Piece> find(PieceKey key);

  /**
   * The piece as soon as it is here, retained for this caller alone. Completes at once when it is
   * in memory; is loaded from the torrent's {@link PieceSource} when that has it; waits for a
   * {@link #put} otherwise. Cancelling or completing the future ends this caller's wait and nobody
   * else's. Completes exceptionally with {@link PieceUnavailableException} when {@link #giveUp}
   * says so, or when the source fails.
   */
  CompletableFuture<Piece> await(PieceKey key);

  /**
   * A piece that is not in memory and can be sent from a file, for the caller to close. Empty,
   * mostly at once, when it is to be had by {@link #await}. The future is the caller's own, and
   * never fails; cancelling it leaves nothing open.
   */
  default CompletableFuture<Optional<PieceFile>> open(PieceKey key) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  /**
   * Keeps a verified piece and hands it to all who wait. Takes over the caller's reference. A piece
   * that is kept already stays, and the newcomer is released.
   */
  void put(PieceKey key, Piece piece);

  /** Fails all who wait for a piece that will not come. */
  void giveUp(PieceKey key, String reason);

  /** Whether the piece is in memory; no use of it is counted. */
  boolean contains(PieceKey key);

  /**
   * Names what stands under memory for a torrent, and who is told of evictions, until {@link
   * #forget}.
   */
  void register(InfoHash infoHash, PieceSource source, EvictionListener listener);

  /** Drops a torrent: its pieces, its source, and all who wait for it. */
  void forget(InfoHash infoHash);

  /** Bytes in memory now. */
  long memoryBytes();

  /** The bound of {@link #memoryBytes} in bytes. */
  long memoryLimitBytes();

  @Override
  void close();

  /** Told, on any thread, what comes and goes. */
  @FunctionalInterface
  interface EvictionListener {
    /** A piece is neither in memory nor in its source any more. */
    void evicted(int piece);

    /** The source has a piece that it did not have before. */
    default void returned(int piece) {}
  }
}
