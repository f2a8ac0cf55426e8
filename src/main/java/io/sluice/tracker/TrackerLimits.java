package io.sluice.tracker;

import java.time.Duration;

/** Every bound of the tracker. */
public record TrackerLimits(Sockets sockets, Swarms swarms, Requests requests) {

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
              50,
              200,
              32,
              Duration.ofSeconds(120),
              Duration.ofSeconds(120),
              Duration.ofMinutes(20)),
          new Requests(20, 400, 20_000, Duration.ofMinutes(10)));

  /** These limits with other ones for a single address. */
  public TrackerLimits perAddress(int socketsAtATime, int requestsPerSecond) {
    return new TrackerLimits(
        new Sockets(
            sockets.total,
            socketsAtATime,
            sockets.messageBytes,
            sockets.queuedBytes,
            sockets.messagesPerSecond,
            sockets.messageBurst,
            sockets.malformedMessages,
            sockets.ping,
            sockets.missedPongs,
            sockets.idle),
        swarms,
        new Requests(
            requestsPerSecond,
            Math.max(requests.burst, requestsPerSecond),
            requests.addresses,
            requests.interval));
  }

  public TrackerLimits {
    if (swarms.addressLife.compareTo(requests.interval.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("a peer may miss one announce");
    }
  }

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
   * @param addressesWanted peers that are listed for who does not say how many he wants
   * @param addressesGiven peers of each address family that are listed at most
   * @param peersPerAddress peers of a swarm at one IPv4 address or one IPv6 /64, of those without a
   *     socket
   * @param interval between two announces of a peer with a socket
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
      int addressesWanted,
      int addressesGiven,
      int peersPerAddress,
      Duration interval,
      Duration offerLife,
      Duration addressLife) {
    public Swarms {
      requirePositive(torrents, peers, peersPerTorrent, torrentsPerSocket, offersPerAnnounce);
      requirePositive(scraped, openOffers, addressesWanted, addressesGiven, peersPerAddress);
      requirePositive(interval, offerLife, addressLife);
    }
  }

  /**
   * Who asks over HTTP and UDP.
   *
   * @param perSecond requests a second from one IPv4 address or one IPv6 /64, in the long run
   * @param burst requests at once after a quiet time
   * @param addresses how many addresses' requests are counted; those that asked longest ago are
   *     forgotten
   * @param interval between two announces of a peer
   */
  public record Requests(int perSecond, int burst, int addresses, Duration interval) {
    public Requests {
      requirePositive(perSecond, burst, addresses);
      requirePositive(interval);
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
