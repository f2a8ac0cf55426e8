package io.sluice.tracker;

import java.time.Duration;
import java.util.function.Consumer;

/** The tracker's limits with a few of them changed. */
final class TestLimits {

  private static final TrackerLimits.Sockets SOCKETS = TrackerLimits.DEFAULT.sockets();
  private static final TrackerLimits.Swarms SWARMS = TrackerLimits.DEFAULT.swarms();
  private static final TrackerLimits.Requests REQUESTS = TrackerLimits.DEFAULT.requests();

  int sockets = SOCKETS.total();
  int socketsPerAddress = SOCKETS.perAddress();
  int queuedBytes = SOCKETS.queuedBytes();
  int messagesPerSecond = SOCKETS.messagesPerSecond();
  int messageBurst = SOCKETS.messageBurst();
  Duration ping = SOCKETS.ping();
  Duration idle = SOCKETS.idle();
  int torrents = SWARMS.torrents();
  int peers = SWARMS.peers();
  int peersPerTorrent = SWARMS.peersPerTorrent();
  int torrentsPerSocket = SWARMS.torrentsPerSocket();
  int offersPerAnnounce = SWARMS.offersPerAnnounce();
  int scraped = SWARMS.scraped();
  int openOffers = SWARMS.openOffers();
  int peersPerAddress = SWARMS.peersPerAddress();
  int requestsPerSecond = 10_000;
  int requestBurst = 10_000;

  static TrackerLimits with(Consumer<TestLimits> change) {
    TestLimits limits = new TestLimits();
    change.accept(limits);
    return limits.build();
  }

  private TrackerLimits build() {
    return new TrackerLimits(
        new TrackerLimits.Sockets(
            sockets,
            socketsPerAddress,
            SOCKETS.messageBytes(),
            queuedBytes,
            messagesPerSecond,
            messageBurst,
            SOCKETS.malformedMessages(),
            ping,
            SOCKETS.missedPongs(),
            idle),
        new TrackerLimits.Swarms(
            torrents,
            peers,
            peersPerTorrent,
            torrentsPerSocket,
            offersPerAnnounce,
            scraped,
            openOffers,
            SWARMS.addressesWanted(),
            SWARMS.addressesGiven(),
            peersPerAddress,
            SWARMS.interval(),
            SWARMS.offerLife(),
            SWARMS.addressLife()),
        new TrackerLimits.Requests(
            requestsPerSecond, requestBurst, REQUESTS.addresses(), REQUESTS.interval()));
  }
}
