package io.sluice.swarm;

/**
 * How fast one reader consumes: measured by its steps, without the time in which it waits for
 * pieces, so that a starved reader does not seem to need less; or known from what the file says of
 * itself.
 *
 * <p>Confined to the swarm loop.
 */
final class Pace {

  private static final long SECOND = 1_000_000_000L;

  /** What a reader is believed to need until more is known: 8 Mbit/s. */
  static final long GUESS = 1_000_000;

  /** Nothing is played faster; who takes more is copying and has no deadline. */
  private static final long FASTEST_PLAY = 4_000_000;

  /** A sample takes so much time in which the reader was not waiting. */
  private static final long SAMPLE_NANOS = SECOND;

  /** A player may take more than it plays, to fill its buffer. */
  private static final int FILLING = 2;

  private double measured;
  private long known;
  private long sampleBytes;
  private long sampleNanos;
  private long sinceNanos;
  private boolean running;

  /** The reader takes so many bytes, which are here. */
  void takes(long bytes, long nowNanos) {
    settle(nowNanos);
    running = true;
    sinceNanos = nowNanos;
    sampleBytes += bytes;
    if (sampleNanos >= SAMPLE_NANOS) {
      double rate = sampleBytes * (double) SECOND / sampleNanos;
      // The first seconds of a player fill its buffer: what comes later tells more.
      measured += measured == 0 ? rate : (rate - measured) / 2;
      sampleBytes = 0;
      sampleNanos = 0;
    }
  }

  /** The reader waits: the time that passes says nothing of what it needs. */
  void waits(long nowNanos) {
    settle(nowNanos);
    running = false;
  }

  private void settle(long nowNanos) {
    if (running) {
      sampleNanos += nowNanos - sinceNanos;
      sinceNanos = nowNanos;
    }
  }

  /** What the file says of itself, in bytes a second. */
  void know(long bytesPerSecond) {
    known = bytesPerSecond;
  }

  /** Reads the same file as another. */
  void inherit(Pace other) {
    measured = other.measured;
    known = other.known;
  }

  boolean isKnown() {
    return known > 0 || measured > 0;
  }

  /** Bytes a second, a guess until it is known. */
  long bytesPerSecond() {
    if (known > 0) {
      return measured == 0
          ? known
          : (long) Math.clamp(measured, (double) known, FILLING * (double) known);
    }
    return measured == 0 ? GUESS : (long) measured + 1;
  }

  /** Bytes a second that a deadline is reckoned by. */
  long playBytesPerSecond() {
    return Math.min(FASTEST_PLAY, bytesPerSecond());
  }
}
