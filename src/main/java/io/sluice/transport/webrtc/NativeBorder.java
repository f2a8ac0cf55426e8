package io.sluice.transport.webrtc;

import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Keeps what goes wrong in a callback from unwinding into native code. */
final class NativeBorder {

  private static final Logger LOG = Logger.getLogger(NativeBorder.class);
  private static final AtomicLong FAULTS = new AtomicLong();

  private NativeBorder() {}

  static void guard(Runnable callback) {
    try {
      callback.run();
    } catch (Throwable fault) {
      report(fault);
    }
  }

  /** A fault of ours, not of a stranger: the first is logged whole, the others only counted. */
  static void report(Throwable fault) {
    long faults = FAULTS.incrementAndGet();
    if (faults == 1) {
      LOG.error("A WebRTC callback failed", fault);
    } else if (Long.bitCount(faults) == 1) {
      LOG.errorf("%d WebRTC callbacks have failed, the last with %s", (Long) faults, fault);
    }
  }
}
