package io.sluice.discovery;

import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;

/**
 * One address, and how it went with it so far.
 *
 * <p>Confined to its {@link Candidates}.
 */
final class Candidate {

  enum State {
    /** May be dialled from {@link Candidate#dueNanos} on. */
    IDLE,
    DIALLING,
    CONNECTED,
    /** Not dialled any more, and forgotten from {@link Candidate#dueNanos} on. */
    GIVEN_UP
  }

  /** The most promising first; among equals it is chance. */
  static final Comparator<Candidate> BEST_FIRST =
      Comparator.<Candidate>comparingInt(candidate -> candidate.failures)
          .thenComparing(candidate -> !candidate.proven)
          .thenComparingInt(Candidate::rank)
          .thenComparingInt(candidate -> candidate.luck);

  final InetSocketAddress address;
  final Set<FoundBy> by = EnumSet.noneOf(FoundBy.class);

  /** Breaks ties, so that not all gateways dial the same peers of a list first. */
  final int luck;

  State state = State.IDLE;
  long dueNanos;
  long connectedNanos;
  int failures;

  /** A connection to it has once lasted. */
  boolean proven;

  Candidate(InetSocketAddress address, int luck, long nowNanos) {
    this.address = address;
    this.luck = luck;
    this.dueNanos = nowNanos;
  }

  /** Lower is better: how fresh and how likely true the word is. */
  int rank() {
    return by.stream().mapToInt(Candidate::rank).min().orElse(Integer.MAX_VALUE);
  }

  static int rank(FoundBy by) {
    return switch (by) {
      case MAGNET -> 0;
      case LSD -> 1;
      case TRACKER, OUR_TRACKER -> 2;
      case PEX -> 3;
      case DHT -> 4;
    };
  }

  boolean named() {
    return by.contains(FoundBy.MAGNET);
  }

  boolean due(long nowNanos) {
    return nowNanos - dueNanos >= 0;
  }
}
