package io.sluice.transport.webrtc;

import java.time.Duration;

/** The usual limits with some of them changed. */
final class Limits {

  int maxConnections = WebrtcLimits.DEFAULT.maxConnections();
  int maxPendingOffers = WebrtcLimits.DEFAULT.maxPendingOffers();
  int maxSpareOffers = WebrtcLimits.DEFAULT.maxSpareOffers();
  int maxPendingAnswers = WebrtcLimits.DEFAULT.maxPendingAnswers();
  Duration connectLimit = WebrtcLimits.DEFAULT.connectLimit();
  Duration handshakeLimit = WebrtcLimits.DEFAULT.handshakeLimit();
  Duration disconnectLimit = WebrtcLimits.DEFAULT.disconnectLimit();
  long maxInboxBytes = WebrtcLimits.DEFAULT.maxInboxBytes();
  int maxMessageBytes = WebrtcLimits.DEFAULT.maxMessageBytes();

  WebrtcLimits build() {
    WebrtcLimits usual = WebrtcLimits.DEFAULT;
    return new WebrtcLimits(
        maxConnections,
        maxPendingOffers,
        maxSpareOffers,
        maxPendingAnswers,
        usual.gatherLimit(),
        connectLimit,
        handshakeLimit,
        disconnectLimit,
        usual.offerLifetime(),
        usual.spareLifetime(),
        usual.highWaterBytes(),
        usual.lowWaterBytes(),
        usual.maxQueuedBytes(),
        maxInboxBytes,
        maxMessageBytes,
        usual.maxSdpBytes());
  }
}
