package io.sluice.discovery;

import java.time.Duration;

/** Every bound of the tracker clients. */
public record DiscoveryLimits(WebSockets webSockets, Announces announces, Addresses addresses) {

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
              Duration.ofSeconds(1),
              50),
          new Addresses(
              64,
              100,
              80,
              200,
              3,
              Duration.ofSeconds(20),
              Duration.ofSeconds(4),
              Duration.ofSeconds(15),
              2,
              Duration.ofMinutes(1),
              Duration.ofMinutes(30),
              Duration.ofSeconds(30),
              Duration.ofHours(1),
              Duration.ofMinutes(30)));

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
   * @param quietPerSecond torrents that nobody waits for whose announces begin within a second
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
      Duration stopWait,
      int quietPerSecond) {
    public Announces {
      requirePositive(offers, announceBytes, openOffers, answersAtOnce, quietPerSecond);
      requirePositive(offerWait, responseWait, interval, minInterval, maxInterval, stopWait);
    }
  }

  /**
   * Trackers that list addresses, over HTTP and UDP.
   *
   * @param asksAtOnce how many are asked at a time; others wait for their turn
   * @param trackersPerTorrent how many of a torrent are used; the rest is left out
   * @param wanted peers that are asked for
   * @param peersPerAnswer peers that are taken from one answer
   * @param redirects how many are followed, one after the other
   * @param ask for a whole exchange over HTTP, redirects included
   * @param slow a tracker that has not answered by then is waited for no longer before the next one
   *     is asked as well
   * @param udpAnswer how long to wait for a datagram; twice as long each further time (BEP 15)
   * @param udpRepeats how often a datagram is sent again
   * @param udpConnection how long a connection id may be used (BEP 15)
   * @param interval between two announces, when the tracker does not say
   * @param firstRetry the wait before the first retry is once to twice as long; each further wait
   *     doubles
   * @param maxRetry the longest wait
   * @param scrape between two scrapes of a tracker that is not announced to
   */
  public record Addresses(
      int asksAtOnce,
      int trackersPerTorrent,
      int wanted,
      int peersPerAnswer,
      int redirects,
      Duration ask,
      Duration slow,
      Duration udpAnswer,
      int udpRepeats,
      Duration udpConnection,
      Duration interval,
      Duration firstRetry,
      Duration maxRetry,
      Duration scrape) {
    public Addresses {
      requirePositive(asksAtOnce, trackersPerTorrent, wanted, peersPerAnswer, redirects);
      requirePositive(udpRepeats);
      requirePositive(ask, slow, udpAnswer, udpConnection, interval, firstRetry, maxRetry, scrape);
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
