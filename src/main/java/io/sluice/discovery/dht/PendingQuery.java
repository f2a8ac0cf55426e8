package io.sluice.discovery.dht;

import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A query that awaits its answer. Confined to the core. */
final class PendingQuery {

  private final InetSocketAddress to;
  private final @Nullable NodeId expected;
  private final Purpose purpose;
  private final long sentAt;
  private boolean late;

  PendingQuery(InetSocketAddress to, @Nullable NodeId expected, Purpose purpose, long sentAt) {
    this.to = to;
    this.expected = expected;
    this.purpose = purpose;
    this.sentAt = sentAt;
  }

  InetSocketAddress to() {
    return to;
  }

  /** Whether the sender of an answer is who we asked. */
  boolean isFrom(NodeId sender) {
    return expected == null || expected.equals(sender);
  }

  Purpose purpose() {
    return purpose;
  }

  long sentAt() {
    return sentAt;
  }

  /** True the first time that it is called after {@code afterNanos}. */
  boolean becomesLate(long afterNanos, long nowNanos) {
    boolean becomes = !late && nowNanos - sentAt >= afterNanos;
    late |= becomes;
    return becomes;
  }
}
