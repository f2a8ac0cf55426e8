package io.sluice.transport.tcp;

import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Where keys and padding come from. The arithmetic of an exchange costs about a millisecond of
 * processor time and strangers can ask for it, so only few are computed at a time; how often one
 * address can ask is bounded by {@link Admission}.
 *
 * <p>Safe for any thread.
 */
final class KeyExchange {

  /** The longest padding that a side may send. */
  static final int MAX_PAD_BYTES = 512;

  private final RandomGenerator random;
  private final Semaphore computing;

  /**
   * @param random safe for any thread
   */
  KeyExchange(RandomGenerator random, int atOnce) {
    this.random = random;
    this.computing = new Semaphore(atOnce, true);
  }

  DhKey newKey() throws InterruptedIOException {
    return computed(() -> DhKey.random(random));
  }

  /** {@link DhKey#shared}. */
  byte[] shared(DhKey ours, byte[] theirs) throws InterruptedIOException {
    return computed(() -> ours.shared(theirs));
  }

  /** 0 to 512 random bytes. */
  byte[] randomPad() {
    byte[] pad = zeroPad();
    random.nextBytes(pad);
    return pad;
  }

  /** 0 to 512 zeros, for padding that goes out encrypted. */
  byte[] zeroPad() {
    return new byte[random.nextInt(MAX_PAD_BYTES + 1)];
  }

  private <T> T computed(Supplier<T> work) throws InterruptedIOException {
    try {
      computing.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    try {
      return work.get();
    } finally {
      computing.release();
    }
  }
}
