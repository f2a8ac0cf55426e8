package io.sluice.http;

import java.time.Duration;

/**
 * How bytes of files are sent.
 *
 * @param firstByteWait how long a request waits for its first byte before it is answered 503
 * @param stallWait how long a response that has begun waits for its next piece before its
 *     connection is ended
 * @param retryAfterSeconds what a 503 says in {@code Retry-After}
 * @param sliceBytes how much is written to a socket at a time, 1 to 1 MiB
 * @param privateCache whether only the client itself may keep what it got, no cache in between;
 *     true where not everybody may have it
 * @param patient whether viewers are served first, as they are before those who fetch files
 */
public record StreamPolicy(
    Duration firstByteWait,
    Duration stallWait,
    int retryAfterSeconds,
    int sliceBytes,
    boolean privateCache,
    boolean patient) {

  public StreamPolicy {
    if (firstByteWait.toMillis() < 1 || stallWait.toMillis() < 1) {
      throw new IllegalArgumentException("a wait of no time: " + firstByteWait + ", " + stallWait);
    }
    if (retryAfterSeconds < 1) {
      throw new IllegalArgumentException("Retry-After " + retryAfterSeconds);
    }
    if (sliceBytes < 1 || sliceBytes > 1 << 20) {
      throw new IllegalArgumentException("slices of " + sliceBytes + " bytes");
    }
  }

  /** The usual, with a wait for the first byte as configured. */
  public static StreamPolicy ofFirstByteWait(Duration firstByteWait) {
    return of(firstByteWait, Duration.ofSeconds(60));
  }

  /** The same for those who fetch files and mind no wait of a few seconds. */
  StreamPolicy patiently() {
    return new StreamPolicy(
        firstByteWait, stallWait, retryAfterSeconds, sliceBytes, privateCache, true);
  }

  /** The same, for a gateway that does not serve everybody: no cache in between keeps it. */
  public StreamPolicy forOneClient() {
    return new StreamPolicy(firstByteWait, stallWait, retryAfterSeconds, sliceBytes, true, patient);
  }

  /** The usual, with both waits as configured. */
  public static StreamPolicy of(Duration firstByteWait, Duration stallWait) {
    return new StreamPolicy(firstByteWait, stallWait, 5, 512 * 1024, false, false);
  }
}
