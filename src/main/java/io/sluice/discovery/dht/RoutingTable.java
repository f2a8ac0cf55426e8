package io.sluice.discovery.dht;

import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The nodes of one address family that we know, more of them the nearer they are to us (BEP 5).
 *
 * <p>Bucket {@code i} holds nodes that share exactly {@code i} leading bits with our id, the last
 * bucket all that share more; only that one is ever split. Only nodes that answered us get in, so
 * nobody can put others in; and one host or subnet gets few places. Confined to the core.
 */
final class RoutingTable {

  static final long REFRESH_NANOS = TimeUnit.MINUTES.toNanos(15);
  private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final DhtLimits.Table limits;
  private final List<Bucket> buckets = new ArrayList<>();
  private NodeId own;

  RoutingTable(NodeId own, DhtLimits.Table limits, long nowNanos) {
    this.own = own;
    this.limits = limits;
    buckets.add(new Bucket(limits.bucketNodes(), nowNanos));
  }

  /** A node answered a query: it is kept if there is room for it. */
  void replied(NodeContact contact, long nowNanos) {
    Optional<RoutingNode> known = at(contact.address());
    if (known.isPresent() && known.get().contact().equals(contact)) {
      known.get().replied(nowNanos);
      bucketOf(contact.id()).changed(nowNanos);
      return;
    }
    known.ifPresent(renamed -> remove(renamed, nowNanos));
    if (mayEnter(contact, nowNanos)) {
      bucketOf(contact.id()).find(contact.id()).ifPresent(old -> remove(old, nowNanos));
      insert(new RoutingNode(contact, nowNanos), nowNanos);
    }
  }

  private boolean mayEnter(NodeContact contact, long nowNanos) {
    Bucket bucket = bucketOf(contact.id());
    return !contact.id().equals(own)
        && bucket.find(contact.id()).filter(node -> node.isGood(nowNanos)).isEmpty()
        && hasRoomForHost(contact.address(), bucket);
  }

  private boolean hasRoomForHost(InetSocketAddress address, Bucket bucket) {
    NetKey host = NetKey.host(address);
    NetKey subnet = NetKey.subnet(address);
    return count(all(), node -> NetKey.host(node).equals(host)) < limits.nodesPerHost()
        && count(all(), node -> NetKey.subnet(node).equals(subnet)) < limits.nodesPerSubnet()
        && count(bucket.nodesAndSpares(), node -> NetKey.subnet(node).equals(subnet))
            < limits.bucketNodesPerSubnet();
  }

  private static long count(Stream<RoutingNode> nodes, Predicate<InetSocketAddress> wanted) {
    return nodes.filter(node -> wanted.test(node.contact().address())).count();
  }

  private void insert(RoutingNode node, long nowNanos) {
    while (bucketOf(node.contact().id()).isFull() && isLast(node) && buckets.size() < NodeId.BITS) {
      split(nowNanos);
    }
    bucketOf(node.contact().id()).add(node, nowNanos);
  }

  private boolean isLast(RoutingNode node) {
    return own.sharedBits(node.contact().id()) >= buckets.size() - 1;
  }

  private void split(long nowNanos) {
    Bucket old = buckets.getLast();
    List<RoutingNode> moving = old.drain();
    buckets.add(new Bucket(limits.bucketNodes(), old.changedAt()));
    moving.forEach(node -> bucketOf(node.contact().id()).add(node, nowNanos));
  }

  private Bucket bucketOf(NodeId id) {
    return buckets.get(Math.min(own.sharedBits(id), buckets.size() - 1));
  }

  private Optional<RoutingNode> at(InetSocketAddress address) {
    return all().filter(node -> node.contact().address().equals(address)).findFirst();
  }

  private Stream<RoutingNode> all() {
    return buckets.stream().flatMap(Bucket::nodesAndSpares);
  }

  private Stream<RoutingNode> nodes() {
    return buckets.stream().flatMap(Bucket::nodes);
  }

  private void remove(RoutingNode node, long nowNanos) {
    bucketOf(node.contact().id()).remove(node, nowNanos);
  }

  /**
   * A node sent us a query.
   *
   * @return whether it is new, or calls itself otherwise than before, and would find a place if it
   *     answered
   */
  boolean queried(NodeContact contact, long nowNanos) {
    Optional<RoutingNode> known = at(contact.address());
    if (known.isPresent() && known.get().contact().equals(contact)) {
      known.get().queried(nowNanos);
      return false;
    }
    if (known.isPresent()) {
      return !contact.id().equals(own);
    }
    Bucket bucket = bucketOf(contact.id());
    boolean room =
        !bucket.isFull()
            || bucket == buckets.getLast()
            || bucket.nodes().anyMatch(node -> !node.isGood(nowNanos));
    return room && mayEnter(contact, nowNanos);
  }

  /** A node did not answer a query in time. */
  void failed(InetSocketAddress address, long nowNanos) {
    at(address)
        .ifPresent(
            node -> {
              node.failed();
              if (node.isHopeless()) {
                remove(node, nowNanos);
              } else {
                bucketOf(node.contact().id()).replaceBad(nowNanos);
              }
            });
  }

  /** Forgets whoever is at an address. */
  void remove(InetSocketAddress address, long nowNanos) {
    at(address).ifPresent(node -> remove(node, nowNanos));
  }

  /** Up to {@code count} nodes to begin a lookup with, nearest first; none of them bad. */
  List<NodeContact> nearest(NodeId target, int count) {
    return nearest(target, count, node -> !node.isBad());
  }

  /** Up to {@code count} good nodes, which others may be told of, nearest first. */
  List<NodeContact> nearestGood(NodeId target, int count, long nowNanos) {
    return nearest(target, count, node -> node.isGood(nowNanos));
  }

  private List<NodeContact> nearest(NodeId target, int count, Predicate<RoutingNode> wanted) {
    return nodes()
        .filter(wanted)
        .map(RoutingNode::contact)
        .sorted((a, b) -> target.compareDistance(a.id(), b.id()))
        .limit(count)
        .toList();
  }

  /**
   * The questionable node to be pinged next, if any: one for whose place a spare waits before
   * others, then the one that was heard of longest ago.
   */
  Optional<NodeContact> nextToPing(long nowNanos) {
    Optional<RoutingNode> next =
        buckets.stream()
            .filter(Bucket::hasSpares)
            .flatMap(Bucket::nodes)
            .filter(node -> isDue(node, nowNanos))
            .min(Comparator.comparingLong(RoutingNode::activeAt))
            .or(
                () ->
                    nodes()
                        .filter(node -> isDue(node, nowNanos))
                        .min(Comparator.comparingLong(RoutingNode::activeAt)));
    next.ifPresent(node -> node.asked(nowNanos));
    return next.map(RoutingNode::contact);
  }

  private static boolean isDue(RoutingNode node, long nowNanos) {
    return !node.isGood(nowNanos)
        && nowNanos - node.askedAt() >= (node.isBad() ? REFRESH_NANOS : REPEAT_NANOS);
  }

  /** A random id in a bucket that has not changed for 15 minutes, if there is one. */
  Optional<NodeId> nextToRefresh(RandomGenerator random, long nowNanos) {
    for (int i = 0; i < buckets.size(); i++) {
      Bucket bucket = buckets.get(i);
      if (nowNanos - bucket.changedAt() >= REFRESH_NANOS) {
        bucket.changed(nowNanos);
        return Optional.of(own.randomSharing(i, random));
      }
    }
    return Optional.empty();
  }

  /** Sorts everybody anew around another id of ours. */
  void rebase(NodeId newOwn, long nowNanos) {
    List<RoutingNode> moving = buckets.stream().flatMap(bucket -> bucket.drain().stream()).toList();
    own = newOwn;
    buckets.clear();
    buckets.add(new Bucket(limits.bucketNodes(), nowNanos));
    moving.stream()
        .filter(node -> !node.contact().id().equals(newOwn))
        .forEach(node -> insert(node, nowNanos));
  }

  /** Nodes, spares not counted. */
  int size() {
    return Math.toIntExact(nodes().count());
  }

  int goodNodes(long nowNanos) {
    return Math.toIntExact(nodes().filter(node -> node.isGood(nowNanos)).count());
  }
}
