package io.sluice.discovery;

import java.time.Duration;
import java.util.function.Consumer;

/** The limits of the tracker clients with a few of them changed; retries are quick. */
public final class TestLimits {

  private static final DiscoveryLimits.WebSockets SOCKETS = DiscoveryLimits.DEFAULT.webSockets();
  private static final DiscoveryLimits.Announces ANNOUNCES = DiscoveryLimits.DEFAULT.announces();
  private static final DiscoveryLimits.Addresses ADDRESSES = DiscoveryLimits.DEFAULT.addresses();

  int connections = SOCKETS.connections();
  Duration connect = SOCKETS.connect();
  Duration firstRetry = Duration.ofMillis(20);
  Duration maxRetry = Duration.ofMillis(200);
  Duration ping = SOCKETS.ping();
  int openOffers = ANNOUNCES.openOffers();
  int answersAtOnce = ANNOUNCES.answersAtOnce();
  Duration offerWait = ANNOUNCES.offerWait();
  Duration responseWait = ANNOUNCES.responseWait();
  Duration minInterval = ANNOUNCES.minInterval();
  Duration maxInterval = ANNOUNCES.maxInterval();
  int asksAtOnce = ADDRESSES.asksAtOnce();
  int trackersPerTorrent = ADDRESSES.trackersPerTorrent();
  int peersPerAnswer = ADDRESSES.peersPerAnswer();
  Duration ask = ADDRESSES.ask();
  Duration slow = ADDRESSES.slow();
  Duration udpAnswer = ADDRESSES.udpAnswer();
  Duration udpConnection = ADDRESSES.udpConnection();

  /** Nothing but quick retries. */
  public static DiscoveryLimits quickRetries() {
    return with(_ -> {});
  }

  static DiscoveryLimits with(Consumer<TestLimits> change) {
    TestLimits limits = new TestLimits();
    change.accept(limits);
    return limits.build();
  }

  private DiscoveryLimits build() {
    return new DiscoveryLimits(
        new DiscoveryLimits.WebSockets(
            connections,
            SOCKETS.queuedBytes(),
            SOCKETS.malformedMessages(),
            connect,
            firstRetry,
            maxRetry,
            SOCKETS.stable(),
            ping,
            SOCKETS.missedPongs()),
        new DiscoveryLimits.Announces(
            ANNOUNCES.offers(),
            ANNOUNCES.announceBytes(),
            openOffers,
            answersAtOnce,
            offerWait,
            responseWait,
            ANNOUNCES.interval(),
            minInterval,
            maxInterval,
            ANNOUNCES.stopWait(),
            ANNOUNCES.quietPerSecond()),
        new DiscoveryLimits.Addresses(
            asksAtOnce,
            trackersPerTorrent,
            ADDRESSES.wanted(),
            peersPerAnswer,
            ADDRESSES.redirects(),
            ask,
            slow,
            udpAnswer,
            ADDRESSES.udpRepeats(),
            udpConnection,
            ADDRESSES.interval(),
            firstRetry,
            maxRetry,
            ADDRESSES.scrape()));
  }
}
