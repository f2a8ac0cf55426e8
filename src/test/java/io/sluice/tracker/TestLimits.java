package io.sluice.tracker;

import java.time.Duration;
import java.util.function.Consumer;

/** The tracker's limits with a few of them changed. */
final class TestLimits {

  private static final TrackerLimits.Sockets SOCKETS = TrackerLimits.DEFAULT.sockets();
  private static final TrackerLimits.Swarms SWARMS = TrackerLimits.DEFAULT.swarms();

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
            SWARMS.interval(),
            SWARMS.offerLife(),
            SWARMS.addressLife()));
  }
}
