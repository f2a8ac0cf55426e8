package io.sluice.discovery;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How often a tracker wants to hear of a torrent, as it said last, within bounds of our own.
 *
 * <p>Confined to the event loop.
 */
final class Cadence {

  private final DiscoveryLimits.Announces bounds;
  private Duration interval;
  private Duration minInterval = Duration.ZERO;

  /**
   * A tracker that has said nothing yet.
   *
   * @param interval what holds until then
   */
  Cadence(Duration interval, DiscoveryLimits.Announces bounds) {
    this.interval = interval;
    this.bounds = bounds;
  }

  /** What the tracker said, if it did: when to announce again, and never sooner than when. */
  void heard(OptionalInt intervalSeconds, OptionalInt minIntervalSeconds) {
    intervalSeconds.ifPresent(seconds -> interval = bounded(Duration.ofSeconds(seconds)));
    minIntervalSeconds.ifPresent(seconds -> minInterval = bounded(Duration.ofSeconds(seconds)));
  }

  /** From one announce to the next, by the tracker's word alone. */
  Duration interval() {
    return interval;
  }

  /** The same, and not sooner than the tracker bears. */
  Duration regular() {
    return longer(interval, minInterval);
  }

  /** When somebody is in a hurry: half of the interval will do, if the tracker does not object. */
  Duration hurried() {
    return longer(interval.dividedBy(2), minInterval);
  }

  /** A wait that a tracker asks for, within our bounds. */
  Duration bounded(Duration asked) {
    Duration least = longer(asked, bounds.minInterval());
    return least.compareTo(bounds.maxInterval()) > 0 ? bounds.maxInterval() : least;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }
}
