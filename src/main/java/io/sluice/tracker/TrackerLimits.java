package io.sluice.tracker;

import java.time.Duration;

/** Every bound of the tracker. */
public record TrackerLimits(Sockets sockets, Swarms swarms) {

  public static final TrackerLimits DEFAULT =
      new TrackerLimits(
          new Sockets(
              20_000,
              256,
              128 * 1024,
              1024 * 1024,
              50,
              200,
              5,
              Duration.ofSeconds(27),
              2,
              Duration.ofMinutes(5)),
          new Swarms(
              50_000,
              500_000,
              5_000,
              1_000,
              20,
              128,
              64,
              Duration.ofSeconds(120),
              Duration.ofSeconds(120),
              Duration.ofMinutes(45)));

  /**
   * What one WebSocket, and all of them, may do.
   *
   * @param total sockets at a time
   * @param perAddress sockets at a time from one IPv4 address or one IPv6 /64
   * @param messageBytes length of a message, in however many frames
   * @param queuedBytes what may wait to be sent; a socket over it is dropped
   * @param messagesPerSecond messages read; a socket over it is read more slowly. A message counts
   *     once, and once more for each 8 KiB
   * @param messageBurst messages read at once after a quiet time
   * @param malformedMessages messages that nobody can read before the socket is closed
   * @param ping between two pings; proxies cut connections that are silent for a minute
   * @param missedPongs pings without an answer before the socket is dropped
   * @param idle a socket that announces no torrent for as long is closed
   */
  public record Sockets(
      int total,
      int perAddress,
      int messageBytes,
      int queuedBytes,
      int messagesPerSecond,
      int messageBurst,
      int malformedMessages,
      Duration ping,
      int missedPongs,
      Duration idle) {
    public Sockets {
      requirePositive(total, perAddress, messageBytes, queuedBytes, messagesPerSecond);
      requirePositive(messageBurst, malformedMessages, missedPongs);
      requirePositive(ping, idle);
    }
  }

  /**
   * What the table of swarms may hold and hand out.
   *
   * @param torrents swarms at a time
   * @param peers peers of all swarms together
   * @param peersPerTorrent peers of one swarm; newcomers are refused
   * @param torrentsPerSocket torrents that one socket may announce
   * @param offersPerAnnounce offers passed on; the rest is ignored
   * @param scraped torrents in the answer to a scrape; the rest is ignored
   * @param openOffers offers of a peer that wait for their answer; older ones are forgotten
   * @param interval between two announces of a peer
   * @param offerLife an answer that comes later is ignored
   * @param addressLife a peer without a socket is forgotten when it did not announce for as long
   */
  public record Swarms(
      int torrents,
      int peers,
      int peersPerTorrent,
      int torrentsPerSocket,
      int offersPerAnnounce,
      int scraped,
      int openOffers,
      Duration interval,
      Duration offerLife,
      Duration addressLife) {
    public Swarms {
      requirePositive(torrents, peers, peersPerTorrent, torrentsPerSocket, offersPerAnnounce);
      requirePositive(scraped, openOffers);
      requirePositive(interval, offerLife, addressLife);
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
