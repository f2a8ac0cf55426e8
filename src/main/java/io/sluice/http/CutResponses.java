package io.sluice.http;

import io.sluice.wire.InfoHash;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Responses that had to be cut, counted; at most one line a minute says how many, and of one of
 * them why: a torrent without peers can bring about any number of them.
 *
 * <p>Safe for any thread.
 */
final class CutResponses {

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoClock;
  private long saidNanos;
  private long unsaid;

  CutResponses(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    saidNanos = nanoClock.getAsLong() - PAUSE_NANOS;
  }

  /** One more; what to log, when it is time for that. */
  synchronized Optional<String> add(InfoHash infoHash, long sentBytes, String why) {
    long now = nanoClock.getAsLong();
    if (now - saidNanos < PAUSE_NANOS) {
      unsaid++;
      return Optional.empty();
    }
    String others = unsaid == 0 ? "" : " (and " + unsaid + " others since the last line like this)";
    saidNanos = now;
    unsaid = 0;
    return Optional.of(
        "A response with bytes of %s is cut after %d of them: %s%s"
            .formatted(infoHash, sentBytes, why, others));
  }
}
