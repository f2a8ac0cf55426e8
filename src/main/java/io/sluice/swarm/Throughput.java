package io.sluice.swarm;

import io.sluice.wire.PeerMessage;

/**
 * How fast one peer answers, learnt only while it has something to answer: an idle peer does not
 * become a slow one. All predictions come from here.
 *
 * <p>Confined to the swarm loop.
 */
final class Throughput {

  private static final long SECOND = 1_000_000_000L;

  /** What is believed of a peer that has not delivered yet. */
  private static final long GUESSED_BYTES_PER_SECOND = 256 * 1024;

  private static final long GUESSED_LATENCY_NANOS = 200_000_000L;

  /** A sample is taken after so much busy time, or so many bytes. */
  private static final long SAMPLE_NANOS = 50_000_000L;

  private static final long SAMPLE_BYTES = 64L * PeerMessage.BLOCK_BYTES;

  private static final long MIN_PATIENCE_NANOS = 2 * SECOND;
  private static final long MAX_PATIENCE_NANOS = 20 * SECOND;
  private static final long FIRST_PATIENCE_NANOS = 6 * SECOND;

  private double bytesPerSecond;
  private long latencyNanos;
  private double gapMeanNanos;
  private double gapDeviationNanos;

  private long sampleBytes;
  private long sampleNanos;
  private long busySinceNanos;
  private long lastBlockNanos;
  private boolean busy;

  /** A request is on its way; {@code alone} when there was none before it. */
  void asked(long nowNanos) {
    if (!busy) {
      busy = true;
      busySinceNanos = nowNanos;
      lastBlockNanos = nowNanos;
    }
  }

  /**
   * A block came.
   *
   * @param alone whether its request was the only one when it was sent
   * @param idle whether nothing is left to answer
   */
  void delivered(int bytes, long sentNanos, boolean alone, boolean idle, long nowNanos) {
    if (alone) {
      long latency = Math.max(1, nowNanos - sentNanos);
      latencyNanos = latencyNanos == 0 ? latency : (3 * latencyNanos + latency) / 4;
    }
    gap(nowNanos - lastBlockNanos);
    lastBlockNanos = nowNanos;
    sampleBytes += bytes;
    long span = sampleNanos + (nowNanos - busySinceNanos);
    if (sampleBytes >= SAMPLE_BYTES || span >= SAMPLE_NANOS) {
      sample(span);
      busySinceNanos = nowNanos;
    }
    if (idle) {
      rest(nowNanos);
    }
  }

  /** Nothing is left to answer. */
  void rest(long nowNanos) {
    if (busy) {
      sampleNanos += nowNanos - busySinceNanos;
      busy = false;
    }
  }

  /** Time has passed without a block: a peer that stalls gets slower in our eyes. */
  void stalling(long nowNanos) {
    long span = sampleNanos + (nowNanos - busySinceNanos);
    if (busy && span > SECOND) {
      sample(span);
      busySinceNanos = nowNanos;
    }
  }

  private void sample(long spanNanos) {
    double measured = sampleBytes * (double) SECOND / Math.max(1_000, spanNanos);
    bytesPerSecond = bytesPerSecond == 0 ? measured : (bytesPerSecond + measured) / 2;
    sampleBytes = 0;
    sampleNanos = 0;
  }

  private void gap(long nanos) {
    if (gapMeanNanos == 0) {
      gapMeanNanos = nanos;
      gapDeviationNanos = nanos / 2.0;
      return;
    }
    gapDeviationNanos += (Math.abs(nanos - gapMeanNanos) - gapDeviationNanos) / 8;
    gapMeanNanos += (nanos - gapMeanNanos) / 8;
  }

  boolean measured() {
    return bytesPerSecond > 0;
  }

  /** Bytes a second while busy, guessed until measured. */
  long bytesPerSecond() {
    return measured() ? (long) bytesPerSecond + 1 : GUESSED_BYTES_PER_SECOND;
  }

  long latencyNanos() {
    return latencyNanos == 0 ? GUESSED_LATENCY_NANOS : latencyNanos;
  }

  /** How long a block asked for now takes, behind so many requests. */
  long etaNanos(int queuedRequests) {
    double bytes = (queuedRequests + 1.0) * PeerMessage.BLOCK_BYTES;
    return latencyNanos() + (long) (bytes / bytesPerSecond() * SECOND);
  }

  /** How many requests keep the peer busy for so long, its latency included. */
  int depth(long pipelineNanos) {
    double seconds = (pipelineNanos + (double) latencyNanos()) / SECOND;
    return (int) Math.min(1 << 20, bytesPerSecond() * seconds / PeerMessage.BLOCK_BYTES + 2);
  }

  /** When the last block came, or the peer got something to answer after a rest. */
  long progressNanos() {
    return lastBlockNanos;
  }

  /** How long to wait for the next block before the peer counts as stalled. */
  long patienceNanos() {
    if (gapMeanNanos == 0) {
      return FIRST_PATIENCE_NANOS;
    }
    long patience = (long) (gapMeanNanos + 4 * gapDeviationNanos) + latencyNanos();
    return Math.clamp(patience, MIN_PATIENCE_NANOS, MAX_PATIENCE_NANOS);
  }
}
