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
 * @param dhtPort UDP port of our DHT node, which peers over TCP that have one too are told (BEP 5);
 *     0 when there is none
 * @param shared bounds of all torrents together
 */
public record SwarmEnvironment(
    PieceStore store,
    Executor hashing,
    LongSupplier nanoClock,
    SwarmLimits limits,
    int listenPort,
    int dhtPort,
    SharedBounds shared) {

  /** With the usual shared bounds for a store. */
  public SwarmEnvironment(
      PieceStore store,
      Executor hashing,
      LongSupplier nanoClock,
      SwarmLimits limits,
      int listenPort,
      int dhtPort) {
    this(
        store,
        hashing,
        nanoClock,
        limits,
        listenPort,
        dhtPort,
        SharedBounds.within(store.memoryLimitBytes(), RateLimits.NONE, nanoClock));
  }

  /** For who does not listen. */
  public SwarmEnvironment(
      PieceStore store, Executor hashing, LongSupplier nanoClock, SwarmLimits limits) {
    this(store, hashing, nanoClock, limits, 0, 0);
  }
}
