package io.sluice.discovery;

import java.time.Duration;
import java.util.function.Consumer;

/** The limits of the tracker clients with a few of them changed; retries are quick. */
public final class TestLimits {

  private static final DiscoveryLimits.WebSockets SOCKETS = DiscoveryLimits.DEFAULT.webSockets();
  private static final DiscoveryLimits.Announces ANNOUNCES = DiscoveryLimits.DEFAULT.announces();

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
            ANNOUNCES.stopWait()));
  }
}
