package io.sluice.discovery.dht;

import io.sluice.wire.DhtCodec;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.NodeContact;
import io.sluice.wire.NodeId;
import io.sluice.wire.WireException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A whole DHT node without sockets, threads or a clock: datagrams and times go in, effects come
 * out.
 *
 * <p>Times are those of any monotonic clock. {@link #tick} is to be called as often as {@link
 * #pauseNanos} says. Not safe for several threads at a time.
 */
final class DhtCore {

  private static final long BUSY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long EXPIRY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long NAMES_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long NAMES_REPEAT_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final DhtSettings settings;
  private final RandomGenerator random;
  private final long originNanos;
  private final Map<AddressFamily, DhtSide> sides = new EnumMap<>(AddressFamily.class);
  private final Asker asker;
  private final Answers answers;
  private final HostRates hostRates;
  private final TokenBucket queriesIn;
  private final DhtTotals totals = new DhtTotals();
  private final SearchQueue searches = new SearchQueue();
  private List<DhtEffect> effects = new ArrayList<>();
  private long heardAt;
  private long expireAt = EXPIRY_NANOS;
  private long namesAt;

  DhtCore(
      DhtSettings settings, Set<AddressFamily> families, RandomGenerator random, long nowNanos) {
    this.settings = settings;
    this.random = random;
    this.originNanos = nowNanos;
    DhtLimits.Rates rates = settings.limits().rates();
    this.hostRates = new HostRates(rates.hostPerSecond(), rates.hostBurst(), rates.hosts());
    this.asker = new Asker(settings, hostRates, random, this::emit, 0);
    for (AddressFamily family : families) {
      sides.put(family, new DhtSide(family, settings, asker, random, this::emit, 0));
    }
    this.answers = new Answers(settings, sides, random, 0);
    this.queriesIn =
        new TokenBucket(rates.queriesInPerSecond(), 2.0 * rates.queriesInPerSecond(), 0);
  }

  private void emit(DhtEffect effect) {
    if (effect instanceof DhtEffect.Send) {
      totals.sent++;
    }
    effects.add(effect);
  }

  private List<DhtEffect> takeEffects() {
    List<DhtEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  /** How long to wait until the next {@link #tick}. */
  long pauseNanos() {
    boolean busy = !asker.isIdle() || sides.values().stream().anyMatch(DhtSide::isBusy);
    return busy ? BUSY_PAUSE_NANOS : Joining.TICK_NANOS;
  }

  /** A datagram came; it is read here and not kept. */
  List<DhtEffect> receive(InetSocketAddress from, ByteBuffer packet, long nowNanos) {
    long now = nowNanos - originNanos;
    totals.received++;
    DhtSide side = sides.get(AddressFamily.of(from));
    if (side == null
        || from.getPort() == 0
        || !settings.policy().test(from)
        || !hostRates.admits(from, now)) {
      totals.refused++;
      return List.of();
    }
    try {
      handle(DhtCodec.decode(packet), from, side, now);
    } catch (WireException malformed) {
      totals.malformed++;
    }
    return takeEffects();
  }

  private void handle(DhtMessage message, InetSocketAddress from, DhtSide side, long now) {
    switch (message) {
      case DhtMessage.Query query -> query(query, from, side, now);
      case DhtMessage.Response response ->
          pending(response, from, now).ifPresent(query -> response(query, response, side, now));
      case DhtMessage.Failure failure ->
          pending(failure, from, now).ifPresent(query -> side.giveUp(query, now));
    }
  }

  private void query(DhtMessage.Query query, InetSocketAddress from, DhtSide side, long now) {
    if (!settings.reachableFrom().test(from) || !queriesIn.tryTake(now)) {
      totals.refused++;
      return;
    }
    emit(new DhtEffect.Send(from, DhtCodec.encode(answers.answer(query, from, side.id(), now))));
    if (!query.readOnly()) {
      side.queried(new NodeContact(query.sender(), from), now);
    }
  }

  private Optional<PendingQuery> pending(DhtMessage answer, InetSocketAddress from, long now) {
    Optional<PendingQuery> query = asker.match(answer.transaction(), from);
    if (query.isPresent()) {
      heardAt = now;
    } else {
      totals.unexpected++;
    }
    return query;
  }

  private void response(PendingQuery query, DhtMessage.Response response, DhtSide side, long now) {
    List<NodeContact> own = new ArrayList<>();
    for (NodeContact node : response.nodes()) {
      DhtSide among = sides.get(AddressFamily.of(node));
      if (among == null || !settings.policy().test(node.address())) {
        continue;
      }
      if (among == side) {
        own.add(node);
      } else if (among.isThin()) {
        among.remember(node);
      }
    }
    if (!side.answered(query, response, own, now)) {
      totals.impostors++;
    }
  }

  /** Time has passed. */
  List<DhtEffect> tick(long nowNanos) {
    long now = nowNanos - originNanos;
    for (PendingQuery query : asker.expired(now)) {
      totals.unanswered++;
      side(query).unanswered(query, heardAt > query.sentAt(), now);
    }
    for (PendingQuery query : asker.newlyLate(now)) {
      side(query).late(query, now);
    }
    startSearches(now);
    sides.values().forEach(side -> side.tick(now));
    if (now >= expireAt) {
      expireAt = now + EXPIRY_NANOS;
      answers.store().expire(now);
    }
    wantNames(now);
    return takeEffects();
  }

  private DhtSide side(PendingQuery query) {
    return sideOf(query.to()).orElseThrow();
  }

  private Optional<DhtSide> sideOf(InetSocketAddress address) {
    return Optional.ofNullable(sides.get(AddressFamily.of(address)));
  }

  private void startSearches(long now) {
    int max = settings.limits().lookups().active();
    while (activeSearches() < max && sides.values().stream().anyMatch(DhtSide::isJoined)) {
      Optional<SearchTask> next = searches.next(now);
      if (next.isEmpty()) {
        return;
      }
      start(next.get(), now);
    }
  }

  private int activeSearches() {
    return sides.values().stream().mapToInt(DhtSide::searches).sum();
  }

  private void start(SearchTask search, long now) {
    int lookups = 0;
    for (DhtSide side : sides.values()) {
      lookups += side.search(search, now) ? 1 : 0;
    }
    search.started(lookups, sides.values().stream().allMatch(DhtSide::isThin), now);
    // In a small network we may be the one whom the others have told.
    for (AddressFamily family : sides.keySet()) {
      int max = settings.limits().store().peersPerTorrent();
      List<InetSocketAddress> told =
          answers.store().sample(search.infoHash(), family, max, random).stream()
              .filter(settings.policy())
              .toList();
      if (!told.isEmpty()) {
        emit(new DhtEffect.Found(search, told));
      }
    }
  }

  private void wantNames(long now) {
    if (!settings.bootstrap().isEmpty()
        && now >= namesAt
        && sides.values().stream().anyMatch(DhtSide::isThin)) {
      namesAt = now + NAMES_RETRY_NANOS;
      emit(new DhtEffect.Resolve());
    }
  }

  /** The addresses of the bootstrap nodes, or some of them. */
  List<DhtEffect> resolved(List<InetSocketAddress> addresses, long nowNanos) {
    long now = nowNanos - originNanos;
    if (!addresses.isEmpty()) {
      namesAt = now + NAMES_REPEAT_NANOS;
    }
    sides.forEach(
        (family, side) ->
            side.enterAt(
                addresses.stream()
                    .filter(address -> AddressFamily.of(address) == family)
                    .filter(settings.policy())
                    .toList(),
                now));
    return tick(nowNanos);
  }

  /** There may be a node at this address: the next {@link #tick} asks it. */
  void addNode(InetSocketAddress address, long nowNanos) {
    if (address.getPort() != 0 && settings.policy().test(address)) {
      sideOf(address).ifPresent(side -> side.probe(address, nowNanos - originNanos));
    }
  }

  /** A new search; it starts with the next {@link #tick}. */
  void open(SearchTask search) {
    if (!search.isClosed()) {
      searches.add(search);
    }
  }

  /** Peers are wanted now. */
  void hurry(SearchTask search, long nowNanos) {
    searches.hurry(search, nowNanos - originNanos);
  }

  /** It has been closed; its lookups end with the next {@link #tick}. */
  void close(SearchTask search) {
    searches.remove(search);
  }

  DhtStatus status(long nowNanos) {
    return new DhtStatus(
        status(AddressFamily.IPV4, nowNanos),
        status(AddressFamily.IPV6, nowNanos),
        searches.size(),
        answers.store().torrents(),
        answers.store().peers(),
        totals.snapshot());
  }

  DhtStatus.Totals totals() {
    return totals.snapshot();
  }

  private Optional<DhtStatus.Side> status(AddressFamily family, long nowNanos) {
    return Optional.ofNullable(sides.get(family))
        .map(
            side ->
                new DhtStatus.Side(
                    side.id(),
                    side.table().goodNodes(nowNanos - originNanos),
                    side.table().size(),
                    side.external().elected()));
  }

  /** What is worth knowing after a restart. */
  DhtState state() {
    List<NodeContact> nodes = new ArrayList<>();
    sides
        .values()
        .forEach(side -> nodes.addAll(side.table().nearest(side.id(), DhtState.MAX_NODES)));
    return new DhtState(id(AddressFamily.IPV4), id(AddressFamily.IPV6), nodes);
  }

  private Optional<NodeId> id(AddressFamily family) {
    return Optional.ofNullable(sides.get(family)).map(DhtSide::id);
  }
}
