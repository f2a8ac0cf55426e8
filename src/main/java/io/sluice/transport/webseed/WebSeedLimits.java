package io.sluice.transport.webseed;

import java.time.Duration;

/**
 * Bounds of the web-seed side.
 *
 * @param connections to one server at a time
 * @param waitingRequests blocks of one link that may wait
 * @param rangeBytes the most that is asked for at once
 * @param smallBytes what is too little to ask for while what lies before it is still coming
 * @param skipBytes what may be thrown away of a server that sends a file from its beginning
 * @param redirects followed for one request
 * @param inboxBytes blocks that may wait for the swarm
 * @param connect time for a connection
 * @param silence how long a server may send nothing
 * @param pause before a server that failed is asked again; doubled with each failure in a row
 * @param longestPause the most of these, and of what a server asks for itself
 */
public record WebSeedLimits(
    int connections,
    int waitingRequests,
    int rangeBytes,
    int smallBytes,
    int skipBytes,
    int redirects,
    long inboxBytes,
    Duration connect,
    Duration silence,
    Duration pause,
    Duration longestPause) {

  /** What a gateway uses. */
  public static final WebSeedLimits DEFAULT =
      new WebSeedLimits(
          4,
          2048,
          4 << 20,
          256 << 10,
          64 << 10,
          5,
          16L << 20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          Duration.ofMinutes(30));

  public WebSeedLimits {
    require(connections > 0 && waitingRequests > 0, "nothing could be asked for");
    require(rangeBytes >= smallBytes && smallBytes > 0, "the largest range is smaller than small");
    require(skipBytes >= 0 && redirects >= 0, "a bound is negative");
    require(inboxBytes > 0, "nothing could ever wait");
    require(connect.isPositive() && silence.isPositive(), "a time is not positive");
    require(
        pause.isPositive() && longestPause.compareTo(pause) >= 0,
        "the longest pause is shorter than the first");
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
