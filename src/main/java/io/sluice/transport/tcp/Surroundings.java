package io.sluice.transport.tcp;

import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * What a connection needs of its transport.
 *
 * @param live every connection that is open
 * @param isClosing whether the transport is being closed, so that nothing may begin
 */
record Surroundings(
    TcpSettings settings,
    Handshakes handshakes,
    Deadlines deadlines,
    Buffers direct,
    Buffers onHeap,
    Executor threads,
    Set<Connection> live,
    BooleanSupplier isClosing) {

  TcpLimits limits() {
    return settings.limits();
  }

  boolean closing() {
    return isClosing.getAsBoolean();
  }

  Buffers buffers(TcpProtection protection) {
    return switch (protection) {
      case NONE, HANDSHAKE -> direct;
      case STREAM -> onHeap;
    };
  }
}
