package io.sluice.transport.tcp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How fast connections come from each address: a bucket of leave for each, filled at a fixed rate.
 * Remembers a bounded number of addresses.
 *
 * <p>Confined to one thread at a time.
 */
final class ArrivalRates {

  private record Bucket(double leave, long atNanos) {}

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private final int burst;
  private final Map<AddressKey, Bucket> buckets;

  ArrivalRates(int perSecond, int burst, int maxAddresses) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<AddressKey, Bucket> eldest) {
            return size() > maxAddresses;
          }
        };
  }

  /** Whether one more may come from there now; counts it if so. */
  boolean mayCome(AddressKey from, long nowNanos) {
    Bucket before = buckets.getOrDefault(from, new Bucket(burst, nowNanos));
    double gained = (nowNanos - before.atNanos()) / NANOS_PER_SECOND * perSecond;
    double leave = Math.min(burst, before.leave() + gained);
    boolean may = leave >= 1;
    buckets.put(from, new Bucket(may ? leave - 1 : leave, nowNanos));
    return may;
  }

  int addresses() {
    return buckets.size();
  }
}
