package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One iterative search for the nodes nearest to a target: asks the nearest known, learns of nearer
 * ones from their answers, and ends when the K nearest that are alive have answered (BEP 5).
 *
 * <p>It always ends: the nodes it remembers, the queries it sends and its time are bounded. Of one
 * host it asks one node, and it stops following a node whose suggestions are all dead. Confined to
 * the core; it decides whom to ask and does no asking itself.
 */
final class Lookup {

  /** What a lookup is for. */
  sealed interface Goal {
    /** To know our own neighbourhood, and to be known in it. */
    record Neighbours() implements Goal {}

    /** To have somebody in a bucket. */
    record Refresh() implements Goal {}

    record Peers(SearchTask search) implements Goal {}
  }

  static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final NodeId target;
  private final Goal goal;
  private final DhtLimits limits;
  private final long startedAt;

  /** Those with an id, nearest to the target first. */
  private final List<Candidate> candidates = new ArrayList<>();

  private final Deque<Candidate> entrances = new ArrayDeque<>();
  private final Map<NetKey, Integer> hosts = new HashMap<>();
  private final Set<InetSocketAddress> addresses = new HashSet<>();
  private final Set<InetSocketAddress> peers = new HashSet<>();
  private int underWay;
  private int slow;
  private int queries;

  Lookup(NodeId target, Goal goal, DhtLimits limits, long nowNanos) {
    this.target = target;
    this.goal = goal;
    this.limits = limits;
    this.startedAt = nowNanos;
  }

  NodeId target() {
    return target;
  }

  Goal goal() {
    return goal;
  }

  /** Adds nodes to begin with. */
  void begin(Collection<NodeContact> nodes) {
    nodes.forEach(node -> consider(node, null));
  }

  /** Adds an address to begin with whose node's id nobody knows. */
  void beginAt(InetSocketAddress address) {
    if (entrances.size() < limits.lookups().candidates() && addresses.add(address)) {
      entrances.add(new Candidate(address, null, null));
    }
  }

  /** Whether there is anybody to ask. */
  boolean hasBegun() {
    return !candidates.isEmpty() || !entrances.isEmpty();
  }

  private void consider(NodeContact node, @Nullable Candidate suggestedBy) {
    NetKey host = NetKey.host(node.address());
    if (hosts.getOrDefault(host, 0) >= limits.table().nodesPerHost()
        || !addresses.add(node.address())) {
      return;
    }
    hosts.merge(host, 1, Integer::sum);
    insert(new Candidate(node.address(), node.id(), suggestedBy));
    if (candidates.size() > limits.lookups().candidates()) {
      forgetOne();
    }
  }

  private void insert(Candidate candidate) {
    NodeId id = idOf(candidate);
    int at = candidates.size();
    while (at > 0 && target.compareDistance(id, idOf(candidates.get(at - 1))) < 0) {
      at--;
    }
    candidates.add(at, candidate);
  }

  private static NodeId idOf(Candidate candidate) {
    return Objects.requireNonNull(candidate.id());
  }

  /** The farthest of those that are no use, or the farthest of all. */
  private void forgetOne() {
    for (int i = candidates.size() - 1; i >= 0; i--) {
      if (candidates.get(i).isUseless()) {
        candidates.remove(i);
        return;
      }
    }
    candidates.removeLast();
  }

  /** The next node to be asked now, if any; {@link #asked} tells that it was. */
  Optional<Candidate> next(long nowNanos) {
    if (underWay >= limits.lookups().parallel() || isExhausted(nowNanos)) {
      return Optional.empty();
    }
    if (!entrances.isEmpty()) {
      return Optional.of(entrances.getFirst());
    }
    int wanted = limits.table().bucketNodes();
    for (Candidate candidate : candidates) {
      if (candidate.phase() == Candidate.Phase.ANSWERED && --wanted == 0) {
        break;
      }
      if (candidate.phase() == Candidate.Phase.FRESH && !candidate.isUseless()) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private boolean isExhausted(long nowNanos) {
    return queries >= limits.lookups().queries() || nowNanos - startedAt >= MAX_NANOS;
  }

  void asked(Candidate candidate) {
    if (entrances.peekFirst() == candidate) {
      entrances.removeFirst();
    }
    candidate.asked();
    queries++;
    underWay++;
  }

  /** It keeps us waiting: somebody else may be asked meanwhile. */
  void slow(Candidate candidate) {
    if (candidate.phase() == Candidate.Phase.ASKED) {
      candidate.slow();
      underWay--;
      slow++;
    }
  }

  void failed(Candidate candidate) {
    noLongerUnderWay(candidate);
    candidate.failed();
  }

  private void noLongerUnderWay(Candidate candidate) {
    switch (candidate.phase()) {
      case ASKED -> underWay--;
      case SLOW -> slow--;
      case FRESH, ANSWERED, FAILED -> {}
    }
  }

  /**
   * A node answered.
   *
   * @param usable those of the nodes it told us of that may be asked
   */
  void answered(Candidate candidate, DhtMessage.Response response, List<NodeContact> usable) {
    noLongerUnderWay(candidate);
    boolean entrance = candidate.id() == null;
    BString token = response.token().map(given -> BString.of(given.toBytes())).orElse(null);
    candidate.answered(response.sender(), token);
    if (entrance) {
      insert(candidate);
    }
    usable.stream()
        .sorted((a, b) -> target.compareDistance(a.id(), b.id()))
        .limit(limits.table().bucketNodes())
        .forEach(node -> consider(node, candidate));
  }

  /** Whether a peer is one that this lookup has not reported yet, and may. */
  boolean isNewPeer(InetSocketAddress peer) {
    return peers.size() < limits.lookups().peers() && peers.add(peer);
  }

  /** Whether nobody is left whose answer could matter. */
  boolean isDone(long nowNanos) {
    if (nowNanos - startedAt >= MAX_NANOS) {
      return true;
    }
    // Slow ones matter as long as fewer than K others have answered.
    boolean awaited = slow > 0 && answered().size() < limits.table().bucketNodes();
    return underWay == 0 && !awaited && next(nowNanos).isEmpty();
  }

  private List<Candidate> answered() {
    return candidates.stream().filter(node -> node.phase() == Candidate.Phase.ANSWERED).toList();
  }

  /** The K nearest that answered, nearest first. */
  List<Candidate> nearest() {
    return answered().stream().limit(limits.table().bucketNodes()).toList();
  }
}
