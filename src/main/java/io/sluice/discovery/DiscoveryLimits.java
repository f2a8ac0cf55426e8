package io.sluice.discovery;

import java.time.Duration;

/** Every bound of the tracker clients. */
public record DiscoveryLimits(WebSockets webSockets, Announces announces) {

  public static final DiscoveryLimits DEFAULT =
      new DiscoveryLimits(
          new WebSockets(
              256,
              1024 * 1024,
              20,
              Duration.ofSeconds(10),
              Duration.ofSeconds(1),
              Duration.ofMinutes(5),
              Duration.ofMinutes(1),
              Duration.ofSeconds(30),
              2),
          new Announces(
              5,
              16 * 1024,
              64,
              10,
              Duration.ofSeconds(6),
              Duration.ofSeconds(30),
              Duration.ofSeconds(120),
              Duration.ofSeconds(30),
              Duration.ofHours(1),
              Duration.ofSeconds(1)));

  /**
   * A connection to a tracker.
   *
   * @param connections trackers at a time
   * @param queuedBytes what may wait to be sent; a connection over it is dropped
   * @param malformedMessages unreadable messages before a connection is dropped
   * @param connect for each step of connecting: to resolve, to connect, to shake hands
   * @param firstRetry the wait before the first retry is once to twice as long; each further wait
   *     doubles
   * @param maxRetry the longest wait
   * @param stable a connection that lived as long is retried quickly again
   * @param ping between two pings; proxies cut connections that are silent for a minute
   * @param missedPongs pings without an answer before a connection is dropped
   */
  public record WebSockets(
      int connections,
      int queuedBytes,
      int malformedMessages,
      Duration connect,
      Duration firstRetry,
      Duration maxRetry,
      Duration stable,
      Duration ping,
      int missedPongs) {
    public WebSockets {
      requirePositive(connections, queuedBytes, malformedMessages, missedPongs);
      requirePositive(connect, firstRetry, maxRetry, stable, ping);
    }
  }

  /**
   * The announces of a torrent.
   *
   * @param offers offers in an announce; trackers give as many peers
   * @param announceBytes an announce is shorter than that: the least frame that a tracker in the
   *     field takes
   * @param openOffers offers whose answers are waited for; older ones are forgotten
   * @param answersAtOnce offers of others that are being answered; further ones are ignored
   * @param offerWait how long to wait for offers and answers to be made
   * @param responseWait how long to wait for a tracker's answer
   * @param interval between two announces, when the tracker does not say
   * @param minInterval the least interval that a tracker is obeyed in
   * @param maxInterval the greatest one
   * @param stopWait how long a tracker may take to hear that we are gone
   */
  public record Announces(
      int offers,
      int announceBytes,
      int openOffers,
      int answersAtOnce,
      Duration offerWait,
      Duration responseWait,
      Duration interval,
      Duration minInterval,
      Duration maxInterval,
      Duration stopWait) {
    public Announces {
      requirePositive(offers, announceBytes, openOffers, answersAtOnce);
      requirePositive(offerWait, responseWait, interval, minInterval, maxInterval, stopWait);
    }
  }

  private static void requirePositive(int... limits) {
    for (int limit : limits) {
      if (limit <= 0) {
        throw new IllegalArgumentException("a limit must be positive, not " + limit);
      }
    }
  }

  private static void requirePositive(Duration... limits) {
    for (Duration limit : limits) {
      if (!limit.isPositive()) {
        throw new IllegalArgumentException("a limit must be positive, not " + limit);
      }
    }
  }
}
