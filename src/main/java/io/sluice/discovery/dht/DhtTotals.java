package io.sluice.discovery.dht;

/** Counts what went in and out. Confined to the core. */
final class DhtTotals {

  long received;
  long sent;
  long malformed;
  long refused;
  long unexpected;
  long impostors;
  long unanswered;

  DhtStatus.Totals snapshot() {
    return new DhtStatus.Totals(
        received, sent, malformed, refused, unexpected, impostors, unanswered);
  }
}
