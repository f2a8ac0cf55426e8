package io.sluice.swarm;

import io.sluice.cache.PieceStore;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all torrents of a gateway share.
 *
 * @param store where verified pieces are kept
 * @param hashing runs SHA-1, on threads that may be kept busy
 * @param nanoClock monotonic nanoseconds, as of {@link System#nanoTime}
 * @param limits for each torrent
 * @param listenPort where peers reach us over TCP, which those that we dialled are told (BEP 10); 0
 *     when they cannot
 */
public record SwarmEnvironment(
    PieceStore store,
    Executor hashing,
    LongSupplier nanoClock,
    SwarmLimits limits,
    int listenPort) {

  /** For who does not listen. */
  public SwarmEnvironment(
      PieceStore store, Executor hashing, LongSupplier nanoClock, SwarmLimits limits) {
    this(store, hashing, nanoClock, limits, 0);
  }
}
