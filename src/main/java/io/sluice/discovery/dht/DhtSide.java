package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.DhtQuery;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Our node in the network of one address family: its id, its routing table and the lookups under
 * way. Confined to the core.
 */
final class DhtSide {

  private final AddressFamily family;
  private final DhtSettings settings;
  private final Asker asker;
  private final RandomGenerator random;
  private final Consumer<DhtEffect> effects;
  private final ExternalAddress external = new ExternalAddress();
  private final RoutingTable table;
  private final Joining joining;
  private final Newcomers newcomers;
  private final List<Lookup> lookups = new ArrayList<>();

  /** Announcements that wait for their turn. */
  private final Deque<Announcement> announcements = new ArrayDeque<>();

  private NodeId id;
  private Optional<Long> idChangedAt = Optional.empty();
  private long maintainAt;

  private record Announcement(
      SearchTask search, InetSocketAddress to, NodeId node, BString token) {}

  DhtSide(
      AddressFamily family,
      DhtSettings settings,
      Asker asker,
      RandomGenerator random,
      Consumer<DhtEffect> effects,
      long nowNanos) {
    this.family = family;
    this.settings = settings;
    this.asker = asker;
    this.random = random;
    this.effects = effects;
    this.id = settings.state().id(family).orElseGet(() -> NodeId.random(random));
    this.table = new RoutingTable(id, settings.limits().table(), nowNanos);
    this.joining = new Joining(settings.limits(), nowNanos);
    this.newcomers = new Newcomers(settings.limits().rates(), nowNanos);
    settings.state().nodes().stream()
        .filter(node -> AddressFamily.of(node) == family)
        .filter(node -> settings.policy().test(node.address()))
        .forEach(this::remember);
  }

  NodeId id() {
    return id;
  }

  ExternalAddress external() {
    return external;
  }

  RoutingTable table() {
    return table;
  }

  boolean isBusy() {
    return !lookups.isEmpty() || !announcements.isEmpty();
  }

  /** How many lookups for peers are under way. */
  int searches() {
    return Math.toIntExact(
        lookups.stream().filter(lookup -> lookup.goal() instanceof Lookup.Goal.Peers).count());
  }

  /** Whether there is anybody to ask. */
  boolean isJoined() {
    return !table.nearest(id, 1).isEmpty();
  }

  /** Whether so few nodes are known that it should be tried to join the network. */
  boolean isThin() {
    return table.size() < settings.limits().table().bucketNodes();
  }

  /** Somebody told of this node; it serves to join when too few others are known. */
  void remember(NodeContact node) {
    joining.remember(node);
  }

  /** Addresses of bootstrap nodes. */
  void enterAt(List<InetSocketAddress> addresses, long nowNanos) {
    joining.enterAt(addresses, nowNanos);
  }

  /** Asks an address whether there is a node, unless too many are being asked already. */
  void probe(InetSocketAddress address, long nowNanos) {
    if (newcomers.admits(nowNanos)) {
      asker.ask(address, null, id, new DhtQuery.Ping(), new Purpose.Probe(), nowNanos);
    }
  }

  void tick(long nowNanos) {
    lookups.removeIf(lookup -> isAbandoned(lookup, nowNanos));
    join(nowNanos);
    if (nowNanos >= maintainAt) {
      maintainAt = nowNanos + Joining.TICK_NANOS;
      maintain(nowNanos);
    }
    announce(nowNanos);
    List.copyOf(lookups).forEach(lookup -> advance(lookup, nowNanos));
  }

  private boolean isAbandoned(Lookup lookup, long nowNanos) {
    boolean abandoned =
        lookup.goal() instanceof Lookup.Goal.Peers(SearchTask search) && search.isClosed();
    if (abandoned) {
      ended(lookup, nowNanos);
    }
    return abandoned;
  }

  private void join(long nowNanos) {
    if (joining.isDue(isThin(), nowNanos)) {
      Lookup lookup = newLookup(id, new Lookup.Goal.Neighbours(), nowNanos);
      joining.begin(lookup, nowNanos);
      if (lookup.hasBegun()) {
        lookups.add(lookup);
      } else {
        joining.ended(isThin(), nowNanos);
      }
    }
  }

  private void maintain(long nowNanos) {
    table
        .nextToPing(nowNanos)
        .ifPresent(
            node ->
                asker.ask(
                    node.address(),
                    node.id(),
                    id,
                    new DhtQuery.Ping(),
                    new Purpose.Probe(),
                    nowNanos));
    if (lookups.stream().noneMatch(lookup -> lookup.goal() instanceof Lookup.Goal.Refresh)
        && table.size() > 0) {
      table
          .nextToRefresh(random, nowNanos)
          .ifPresent(target -> lookups.add(newLookup(target, new Lookup.Goal.Refresh(), nowNanos)));
    }
  }

  private Lookup newLookup(NodeId target, Lookup.Goal goal, long nowNanos) {
    Lookup lookup = new Lookup(target, goal, settings.limits(), nowNanos);
    lookup.begin(table.nearest(target, settings.limits().table().bucketNodes()));
    return lookup;
  }

  /** Begins to look for peers of a torrent; returns false when there is nobody to ask. */
  boolean search(SearchTask search, long nowNanos) {
    Lookup lookup =
        newLookup(NodeId.of(search.infoHash()), new Lookup.Goal.Peers(search), nowNanos);
    if (!lookup.hasBegun()) {
      return false;
    }
    lookups.add(lookup);
    return true;
  }

  private void advance(Lookup lookup, long nowNanos) {
    if (!lookups.contains(lookup)) {
      return;
    }
    Optional<Candidate> next = lookup.next(nowNanos);
    while (next.isPresent() && step(lookup, next.get(), nowNanos)) {
      next = lookup.next(nowNanos);
    }
    if (lookup.isDone(nowNanos) && lookups.remove(lookup)) {
      ended(lookup, nowNanos);
    }
  }

  private boolean step(Lookup lookup, Candidate candidate, long nowNanos) {
    boolean sent =
        asker.ask(
            candidate.address(),
            candidate.id(),
            id,
            question(lookup),
            new Purpose.Step(lookup, candidate),
            nowNanos);
    if (sent) {
      lookup.asked(candidate);
    }
    return sent;
  }

  private static DhtQuery question(Lookup lookup) {
    return switch (lookup.goal()) {
      // Both families while joining, so that either network leads into the other (BEP 32).
      case Lookup.Goal.Neighbours() -> new DhtQuery.FindNode(lookup.target(), DhtQuery.Want.BOTH);
      case Lookup.Goal.Refresh() -> new DhtQuery.FindNode(lookup.target(), DhtQuery.Want.UNSAID);
      case Lookup.Goal.Peers(SearchTask search) ->
          new DhtQuery.GetPeers(search.infoHash(), DhtQuery.Want.UNSAID);
    };
  }

  private void ended(Lookup lookup, long nowNanos) {
    switch (lookup.goal()) {
      case Lookup.Goal.Neighbours() -> joining.ended(isThin(), nowNanos);
      case Lookup.Goal.Refresh() -> {}
      case Lookup.Goal.Peers(SearchTask search) -> {
        search.lookupEnded(random, nowNanos);
        if (search.announcedPort() != 0 && !search.isClosed()) {
          lookup.nearest().forEach(candidate -> enqueue(search, candidate));
          announce(nowNanos);
        }
      }
    }
  }

  private void enqueue(SearchTask search, Candidate candidate) {
    NodeId node = candidate.id();
    BString token = candidate.token();
    int max = settings.limits().lookups().pending();
    if (node != null
        && token != null
        && announcements.size() < max
        && settings.reachableFrom().test(candidate.address())) {
      announcements.add(new Announcement(search, candidate.address(), node, token));
    }
  }

  private void announce(long nowNanos) {
    while (!announcements.isEmpty()) {
      Announcement next = announcements.getFirst();
      if (!next.search().isClosed() && !announce(next, nowNanos)) {
        return;
      }
      announcements.removeFirst();
    }
  }

  private boolean announce(Announcement next, long nowNanos) {
    DhtQuery question =
        new DhtQuery.AnnouncePeer(
            next.search().infoHash(), next.search().announcedPort(), false, next.token());
    return asker.ask(next.to(), next.node(), id, question, new Purpose.Announce(), nowNanos);
  }

  /** A node sent us a query; it may be worth a place in the table. */
  void queried(NodeContact node, long nowNanos) {
    if (table.queried(node, nowNanos) && newcomers.admits(node, nowNanos)) {
      asker.ask(node.address(), node.id(), id, new DhtQuery.Ping(), new Purpose.Probe(), nowNanos);
    }
  }

  /**
   * An answer came from whom we had asked.
   *
   * @param usable the nodes of this family that it tells of and that the policy allows
   * @return whether it is what it should be; if not, it was not used
   */
  boolean answered(
      PendingQuery query, DhtMessage.Response response, List<NodeContact> usable, long nowNanos) {
    if (!query.isFrom(response.sender()) || response.sender().equals(id)) {
      table.remove(query.to(), nowNanos);
      giveUp(query, nowNanos);
      return false;
    }
    if (table.size() == 0) {
      joining.hurry(nowNanos);
    }
    table.replied(new NodeContact(response.sender(), query.to()), nowNanos);
    response
        .asker()
        .filter(seen -> AddressFamily.of(seen) == family)
        .ifPresent(seen -> seenAs(query.to(), seen, nowNanos));
    if (query.purpose() instanceof Purpose.Step(Lookup lookup, Candidate candidate)) {
      lookup.answered(candidate, response, usable.stream().filter(this::isNotUs).toList());
      report(lookup, response.values());
      advance(lookup, nowNanos);
    }
    return true;
  }

  private boolean isNotUs(NodeContact node) {
    return !node.id().equals(id);
  }

  private void report(Lookup lookup, List<InetSocketAddress> peers) {
    if (lookup.goal() instanceof Lookup.Goal.Peers(SearchTask search) && !search.isClosed()) {
      List<InetSocketAddress> fresh =
          peers.stream().filter(settings.policy()).filter(lookup::isNewPeer).toList();
      if (!fresh.isEmpty()) {
        effects.accept(new DhtEffect.Found(search, fresh));
      }
    }
  }

  /** An id that follows from our address is hard to choose, so others trust it more (BEP 42). */
  private void seenAs(InetSocketAddress voter, InetSocketAddress seen, long nowNanos) {
    external.vote(voter, seen.getAddress());
    boolean complies = external.elected().map(ip -> SecureIds.complies(id, ip)).orElse(true);
    boolean changedLately =
        idChangedAt.filter(at -> nowNanos - at < RoutingTable.REFRESH_NANOS).isPresent();
    if (!complies && !changedLately) {
      id = SecureIds.create(external.elected().orElseThrow(), random);
      idChangedAt = Optional.of(nowNanos);
      table.rebase(id, nowNanos);
      joining.again(nowNanos);
    }
  }

  /** A query keeps us waiting. */
  void late(PendingQuery query, long nowNanos) {
    if (query.purpose() instanceof Purpose.Step(Lookup lookup, Candidate candidate)) {
      lookup.slow(candidate);
      advance(lookup, nowNanos);
    }
  }

  /**
   * A query was not answered.
   *
   * @param heardOthers whether others have been heard of since; if not, the silence may be ours
   */
  void unanswered(PendingQuery query, boolean heardOthers, long nowNanos) {
    if (heardOthers) {
      table.failed(query.to(), nowNanos);
    }
    giveUp(query, nowNanos);
  }

  /** A query was refused, or its answer was no good. */
  void giveUp(PendingQuery query, long nowNanos) {
    if (query.purpose() instanceof Purpose.Step(Lookup lookup, Candidate candidate)) {
      lookup.failed(candidate);
      advance(lookup, nowNanos);
    }
  }
}
