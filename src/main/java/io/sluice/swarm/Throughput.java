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

  /** Who takes so long for its first block is slow, for all that is known. */
  private static final long SLOW_NANOS = SECOND / 2;

  /** A silence that says nothing. */
  private static final long HICCUP_NANOS = 100_000_000L;

  private static final long MIN_PATIENCE_NANOS = 2 * SECOND;
  private static final long MAX_PATIENCE_NANOS = 20 * SECOND;
  private static final long FIRST_PATIENCE_NANOS = 6 * SECOND;

  private double bytesPerSecond;
  private long latencyNanos;
  private double gapMeanNanos;
  private double gapDeviationNanos;

  private long sampleBytes;

  /** Time of the sample that has been put by when the peer came to rest. */
  private long sampleNanos;

  /** Since when the sample at hand counts; a first block after a rest only starts it. */
  private long countingSinceNanos;

  private long lastBlockNanos;
  private boolean busy;
  private boolean counting;

  /** How long it has said nothing, when that is out of the way; as of the last look. */
  private long silentNanos;

  /** A request is on its way. */
  void asked(long nowNanos) {
    if (!busy) {
      busy = true;
      lastBlockNanos = nowNanos;
    }
  }

  /**
   * A block came.
   *
   * @param alone whether its request was the only one when it was sent
   * @param idle whether nothing is left to answer
   * @param crossed whether its request had been cancelled: it comes sooner than what was asked for
   *     since, of which it says nothing
   */
  void delivered(
      int bytes, long sentNanos, boolean alone, boolean idle, boolean crossed, long nowNanos) {
    if (alone && !crossed) {
      long latency = Math.max(1, nowNanos - sentNanos);
      latencyNanos = latencyNanos == 0 ? latency : (3 * latencyNanos + latency) / 4;
    }
    gap(nowNanos - lastBlockNanos);
    long tookNanos = nowNanos - Math.max(sentNanos, lastBlockNanos);
    lastBlockNanos = nowNanos;
    silentNanos = 0;
    count(bytes, nowNanos);
    if (!measured() && !crossed && (idle || tookNanos > SLOW_NANOS)) {
      // What one block took, there and back, is all that is known.
      sampleBytes = Math.max(sampleBytes, bytes);
      sample(tookNanos);
    }
    if (idle) {
      rest(nowNanos);
    }
  }

  private void count(int bytes, long nowNanos) {
    if (!counting) {
      // The time until the first block is latency, and says nothing of the rate.
      counting = true;
      countingSinceNanos = nowNanos;
      return;
    }
    sampleBytes += bytes;
    long span = sampleNanos + (nowNanos - countingSinceNanos);
    if (span >= SAMPLE_NANOS || (sampleBytes >= SAMPLE_BYTES && span >= SAMPLE_NANOS / 8)) {
      sample(span);
      countingSinceNanos = nowNanos;
    }
  }

  /** Nothing is left to answer. */
  void rest(long nowNanos) {
    if (busy && counting) {
      sampleNanos += nowNanos - countingSinceNanos;
    }
    busy = false;
    counting = false;
    silentNanos = 0;
  }

  /** Time has passed, perhaps without a block: a peer that stalls gets slower in our eyes. */
  void stalling(long nowNanos) {
    if (!busy) {
      return;
    }
    long sinceBlock = nowNanos - lastBlockNanos;
    long usual = latencyNanos() + (measured() ? usualGapNanos() : blockNanos());
    silentNanos = sinceBlock > Math.max(usual, HICCUP_NANOS) ? sinceBlock : 0;
    if (!measured()) {
      return;
    }
    if (sinceBlock > SECOND + latencyNanos() && !counting) {
      counting = true;
      countingSinceNanos = lastBlockNanos;
    }
    long span = sampleNanos + (nowNanos - countingSinceNanos);
    if (counting && span > SECOND) {
      sample(span);
      countingSinceNanos = nowNanos;
    }
  }

  private void sample(long spanNanos) {
    double measured = sampleBytes * (double) SECOND / Math.max(1_000, spanNanos);
    // Quick to believe in more, since the first samples are short for want of requests; slow to
    // believe in less, which is mostly a hiccup.
    double trust = bytesPerSecond == 0 ? 1 : measured > bytesPerSecond ? 0.75 : 0.3;
    bytesPerSecond += (measured - bytesPerSecond) * trust;
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

  /** Whether a peer of known speed has said nothing for longer than it is wont to. */
  boolean silent() {
    return silentNanos > 0 && measured();
  }

  /** How long a block asked for now takes, behind so many requests. */
  long etaNanos(int queuedRequests) {
    return latencyNanos() + silentNanos + (queuedRequests + 1L) * blockNanos();
  }

  private long blockNanos() {
    return (long) ((double) PeerMessage.BLOCK_BYTES / bytesPerSecond() * SECOND);
  }

  /**
   * How long a request that waits will still take. Who has said nothing for some time may do so for
   * as long again, whatever it did before.
   *
   * @param ahead how many requests it answers before
   */
  long leftNanos(int ahead, long ageNanos, long nowNanos) {
    long work = (ahead + 1L) * blockNanos() + silentNanos;
    // Of a peer that has never answered one only knows that it takes longer than it took so far.
    return measured()
        ? Math.max(work, nowNanos - lastBlockNanos)
        : Math.max(latencyNanos() + work - ageNanos, ageNanos);
  }

  /** The longest time between two blocks that is nothing out of the way. */
  private long usualGapNanos() {
    return (long) (gapMeanNanos + 4 * gapDeviationNanos);
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
    long patience = usualGapNanos() + latencyNanos();
    return Math.clamp(patience, MIN_PATIENCE_NANOS, MAX_PATIENCE_NANOS);
  }
}
