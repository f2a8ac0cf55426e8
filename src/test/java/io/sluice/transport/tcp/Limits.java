package io.sluice.transport.tcp;

import java.time.Duration;

/** The usual limits with some of them changed. */
record Limits(
    int maxConnections,
    int maxInboundPerAddress,
    int maxHandshakes,
    int maxHandshakesPerAddress,
    int inboundPerSecond,
    int inboundBurst,
    int maxHalfOpen,
    int maxWaitingDials,
    Duration connectLimit,
    Duration handshakeLimit) {

  static final Limits USUAL =
      new Limits(
          TcpLimits.DEFAULT.maxConnections(),
          TcpLimits.DEFAULT.maxInboundPerAddress(),
          TcpLimits.DEFAULT.maxHandshakes(),
          TcpLimits.DEFAULT.maxHandshakesPerAddress(),
          TcpLimits.DEFAULT.inboundPerSecond(),
          TcpLimits.DEFAULT.inboundBurst(),
          TcpLimits.DEFAULT.maxHalfOpen(),
          TcpLimits.DEFAULT.maxWaitingDials(),
          TcpLimits.DEFAULT.connectLimit(),
          TcpLimits.DEFAULT.handshakeLimit());

  Limits connections(int total, int inboundPerAddress) {
    return new Limits(
        total,
        inboundPerAddress,
        maxHandshakes,
        maxHandshakesPerAddress,
        inboundPerSecond,
        inboundBurst,
        maxHalfOpen,
        maxWaitingDials,
        connectLimit,
        handshakeLimit);
  }

  Limits handshakes(int total, int perAddress) {
    return new Limits(
        maxConnections,
        maxInboundPerAddress,
        total,
        perAddress,
        inboundPerSecond,
        inboundBurst,
        maxHalfOpen,
        maxWaitingDials,
        connectLimit,
        handshakeLimit);
  }

  Limits inbound(int perSecond, int burst) {
    return new Limits(
        maxConnections,
        maxInboundPerAddress,
        maxHandshakes,
        maxHandshakesPerAddress,
        perSecond,
        burst,
        maxHalfOpen,
        maxWaitingDials,
        connectLimit,
        handshakeLimit);
  }

  Limits dials(int halfOpen, int waiting) {
    return new Limits(
        maxConnections,
        maxInboundPerAddress,
        maxHandshakes,
        maxHandshakesPerAddress,
        inboundPerSecond,
        inboundBurst,
        halfOpen,
        waiting,
        connectLimit,
        handshakeLimit);
  }

  Limits within(long connectMillis, long handshakeMillis) {
    return new Limits(
        maxConnections,
        maxInboundPerAddress,
        maxHandshakes,
        maxHandshakesPerAddress,
        inboundPerSecond,
        inboundBurst,
        maxHalfOpen,
        maxWaitingDials,
        Duration.ofMillis(connectMillis),
        Duration.ofMillis(handshakeMillis));
  }

  TcpLimits make() {
    TcpLimits usual = TcpLimits.DEFAULT;
    return new TcpLimits(
        maxConnections,
        maxInboundPerAddress,
        maxHandshakes,
        maxHandshakesPerAddress,
        inboundPerSecond,
        inboundBurst,
        usual.maxRatedAddresses(),
        maxHalfOpen,
        maxWaitingDials,
        connectLimit,
        handshakeLimit,
        usual.highWaterBytes(),
        usual.lowWaterBytes(),
        usual.maxQueuedBytes(),
        usual.maxInboxBytes(),
        usual.maxMessageBytes());
  }
}
