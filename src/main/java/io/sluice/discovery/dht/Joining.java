package io.sluice.discovery.dht;

import io.sluice.wire.NodeContact;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * When and through whom a node joins the network: at once when it knows nobody well, then less and
 * less often as long as that helps nothing. Confined to the core.
 */
final class Joining {

  static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MAX_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final DhtLimits limits;
  private final Set<NodeContact> remembered = new LinkedHashSet<>();
  private List<InetSocketAddress> entrances = List.of();
  private boolean underWay;
  private boolean again;
  private long dueAt;
  private long pauseNanos = FIRST_PAUSE_NANOS;

  Joining(DhtLimits limits, long nowNanos) {
    this.limits = limits;
    this.dueAt = nowNanos;
  }

  void remember(NodeContact node) {
    if (remembered.size() < DhtState.MAX_NODES) {
      remembered.add(node);
    }
  }

  void enterAt(List<InetSocketAddress> addresses, long nowNanos) {
    entrances = addresses;
    dueAt = nowNanos;
  }

  /** There is somebody to ask at last. */
  void hurry(long nowNanos) {
    dueAt = Math.min(dueAt, nowNanos + TICK_NANOS);
  }

  /** Our id has changed: the neighbours are others now, however many nodes are known. */
  void again(long nowNanos) {
    again = true;
    dueAt = nowNanos;
  }

  boolean isDue(boolean thin, long nowNanos) {
    return !underWay && nowNanos >= dueAt && (thin || again);
  }

  /** Gives a lookup of our own id somebody to ask, beside those of the routing table. */
  void begin(Lookup lookup, long nowNanos) {
    underWay = true;
    again = false;
    lookup.begin(remembered);
    remembered.clear();
    entrances.stream().limit(limits.lookups().candidates()).forEach(lookup::beginAt);
  }

  void ended(boolean thin, long nowNanos) {
    underWay = false;
    if (thin) {
      dueAt = nowNanos + pauseNanos;
      pauseNanos = Math.min(2 * pauseNanos, MAX_PAUSE_NANOS);
    } else {
      pauseNanos = FIRST_PAUSE_NANOS;
    }
  }
}
