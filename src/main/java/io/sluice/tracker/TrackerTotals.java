package io.sluice.tracker;

import java.util.concurrent.atomic.LongAdder;

/** What happened since the start. Safe for any thread. */
final class TrackerTotals {
  final LongAdder announces = new LongAdder();
  final LongAdder scrapes = new LongAdder();
  final LongAdder limited = new LongAdder();
  final LongAdder offers = new LongAdder();
  final LongAdder answers = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder socketsRefused = new LongAdder();
  final LongAdder socketsDropped = new LongAdder();
}
