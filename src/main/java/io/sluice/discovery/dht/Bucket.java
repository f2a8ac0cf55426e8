package io.sluice.discovery.dht;

import io.sluice.wire.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Up to K nodes of one part of the key space, and up to K spares that take the places of those that
 * turn bad. Confined to the core.
 */
final class Bucket {

  private final int capacity;
  private final List<RoutingNode> nodes = new ArrayList<>();
  private final List<RoutingNode> spares = new ArrayList<>();
  private long changedAt;

  Bucket(int capacity, long nowNanos) {
    this.capacity = capacity;
    this.changedAt = nowNanos;
  }

  Stream<RoutingNode> nodes() {
    return nodes.stream();
  }

  Stream<RoutingNode> nodesAndSpares() {
    return Stream.concat(nodes.stream(), spares.stream());
  }

  boolean isFull() {
    return nodes.size() >= capacity;
  }

  boolean hasSpares() {
    return !spares.isEmpty();
  }

  /** When a node last answered or was added (BEP 5: "last changed"). */
  long changedAt() {
    return changedAt;
  }

  void changed(long nowNanos) {
    changedAt = nowNanos;
  }

  Optional<RoutingNode> find(NodeId id) {
    return nodesAndSpares().filter(node -> node.contact().id().equals(id)).findFirst();
  }

  /** Takes one in: in a free place or in that of a bad node, else as a spare. */
  void add(RoutingNode node, long nowNanos) {
    if (isFull()) {
      spares.add(node);
      replaceBad(nowNanos);
      if (spares.size() > capacity) {
        spares.removeFirst();
      }
    } else {
      nodes.add(node);
      changedAt = nowNanos;
    }
  }

  /** Gives the places of bad nodes to spares, as long as there are any. */
  void replaceBad(long nowNanos) {
    spares.removeIf(RoutingNode::isBad);
    for (int i = 0; i < nodes.size() && hasSpares(); i++) {
      if (nodes.get(i).isBad()) {
        nodes.set(i, takeSpare());
        changedAt = nowNanos;
      }
    }
  }

  void remove(RoutingNode node, long nowNanos) {
    spares.remove(node);
    if (nodes.remove(node) && hasSpares()) {
      nodes.add(takeSpare());
      changedAt = nowNanos;
    }
  }

  /** The spare that was heard of last; there must be one. */
  private RoutingNode takeSpare() {
    RoutingNode latest =
        spares.stream().max(Comparator.comparingLong(RoutingNode::activeAt)).orElseThrow();
    spares.remove(latest);
    return latest;
  }

  /** Empties the bucket; nodes come before spares. */
  List<RoutingNode> drain() {
    List<RoutingNode> all = nodesAndSpares().toList();
    nodes.clear();
    spares.clear();
    return all;
  }
}
