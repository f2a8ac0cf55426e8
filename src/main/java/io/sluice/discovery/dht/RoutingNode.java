package io.sluice.discovery.dht;

import io.sluice.wire.NodeContact;
import java.util.concurrent.TimeUnit;

/**
 * A node of the routing table: one that has answered us at least once under this id.
 *
 * <p>Good while it answered, or asked us something, within 15 minutes; bad after two queries in a
 * row without an answer; questionable otherwise (BEP 5). Confined to the core.
 */
final class RoutingNode {

  static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(15);
  private static final int BAD_FAILURES = 2;
  private static final int HOPELESS_FAILURES = 5;

  private final NodeContact contact;
  private long activeAt;
  private long askedAt;
  private int failures;

  RoutingNode(NodeContact contact, long nowNanos) {
    this.contact = contact;
    this.activeAt = nowNanos;
    this.askedAt = nowNanos;
  }

  NodeContact contact() {
    return contact;
  }

  void replied(long nowNanos) {
    activeAt = nowNanos;
    askedAt = nowNanos;
    failures = 0;
  }

  /** It sent us a query; that does not prove that queries reach it. */
  void queried(long nowNanos) {
    if (failures == 0) {
      activeAt = nowNanos;
    }
  }

  void asked(long nowNanos) {
    askedAt = nowNanos;
  }

  void failed() {
    failures++;
  }

  boolean isBad() {
    return failures >= BAD_FAILURES;
  }

  /** Not worth its place even when nobody else wants it. */
  boolean isHopeless() {
    return failures >= HOPELESS_FAILURES;
  }

  boolean isGood(long nowNanos) {
    return failures == 0 && nowNanos - activeAt < FRESH_NANOS;
  }

  /** When we last heard of it. */
  long activeAt() {
    return activeAt;
  }

  /** When we last asked it anything for the table's sake. */
  long askedAt() {
    return askedAt;
  }
}
