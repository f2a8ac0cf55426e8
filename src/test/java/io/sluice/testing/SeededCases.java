package io.sluice.testing;

import java.util.Random;

/**
 * Runs a check over many cases made from a seed each, and names the seed of the one that failed.
 *
 * <p>The seeds of a run are fixed, so that a red run is red again. To run one case alone: {@code
 * -Dsluice.seed=...}; to run other cases: {@code -Dsluice.seedBase=...}.
 */
public final class SeededCases {

  /** A check of one case; whatever it throws makes the test fail. */
  @FunctionalInterface
  public interface Check {
    void run(Random random) throws Exception;
  }

  private SeededCases() {}

  /** Runs a check {@code cases} times, each with a generator of its own. */
  public static void run(int cases, Check check) {
    Long only = Long.getLong("sluice.seed");
    if (only != null) {
      runOne(only, check);
      return;
    }
    long base = Long.getLong("sluice.seedBase", 20_250_101L);
    for (int i = 0; i < cases; i++) {
      runOne(base * 1_000_003L + i, check);
    }
  }

  private static void runOne(long seed, Check check) {
    try {
      check.run(new Random(seed));
    } catch (Exception | AssertionError failure) {
      throw new AssertionError(
          "failed with -Dsluice.seed=" + seed + ": " + failure.getMessage(), failure);
    }
  }
}
