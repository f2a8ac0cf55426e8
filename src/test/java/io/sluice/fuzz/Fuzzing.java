package io.sluice.fuzz;

/** What the targets share. */
final class Fuzzing {

  private Fuzzing() {}

  /** Fails the run: the parser broke a promise. */
  static void check(boolean kept, String promise) {
    if (!kept) {
      throw new AssertionError("broken promise: " + promise);
    }
  }
}
