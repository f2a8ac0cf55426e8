package io.sluice.transport.tcp;

import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/**
 * What has happened, counted; and told in one line a minute at most when strangers misbehaved.
 *
 * <p>Safe for any thread, {@link #report} for one at a time.
 */
final class Tallies {

  private static final Logger LOG = Logger.getLogger(TcpTransport.class);

  final LongAdder linkedInbound = new LongAdder();
  final LongAdder linkedOutbound = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder failedInbound = new LongAdder();
  final LongAdder failedOutbound = new LongAdder();

  /** Connections that the system did not give us: no file descriptor or no memory left. */
  final LongAdder notAccepted = new LongAdder();

  private long reportedRefused;
  private long reportedFailed;
  private long reportedNotAccepted;

  /** Says what came since the last report, if anything did. */
  void report() {
    long nowRefused = refused.sum();
    long nowFailed = failedInbound.sum();
    long nowNotAccepted = notAccepted.sum();
    if (nowRefused != reportedRefused || nowFailed != reportedFailed) {
      LOG.infof(
          "TCP: %d connections turned away, %d came to no handshake",
          nowRefused - reportedRefused, nowFailed - reportedFailed);
    }
    if (nowNotAccepted != reportedNotAccepted) {
      LOG.warnf(
          "TCP: the system refused %d times to accept a connection; is the limit of open files"
              + " reached?",
          nowNotAccepted - reportedNotAccepted);
    }
    reportedRefused = nowRefused;
    reportedFailed = nowFailed;
    reportedNotAccepted = nowNotAccepted;
  }
}
