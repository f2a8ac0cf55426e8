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
 */
public record SwarmEnvironment(
    PieceStore store, Executor hashing, LongSupplier nanoClock, SwarmLimits limits) {}
