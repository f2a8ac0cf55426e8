package io.sluice.swarm;

/** What a session has moved since it began; confined to the swarm loop. */
final class Totals {
  final RateMeter down = new RateMeter();
  final RateMeter up = new RateMeter();
  long wasted;

  /** Peers closed for what they did wrong. */
  long offenders;
}
