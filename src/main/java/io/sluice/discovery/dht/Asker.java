package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.DhtCodec;
import io.sluice.wire.DhtMessage;
import io.sluice.wire.DhtQuery;
import io.sluice.wire.NodeId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends queries, no more than the limits allow, and knows an answer by its transaction and by where
 * it comes from. Confined to the core.
 */
final class Asker {

  /** After this others are asked too; a late answer still counts. */
  static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

  static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final DhtSettings settings;
  private final RandomGenerator random;
  private final Consumer<DhtEffect> effects;
  private final TokenBucket rate;
  private final HostRates hostRates;
  private final HostRates incoming;

  /** By transaction, in the order of sending, which is that of the timeouts. */
  private final Map<Integer, PendingQuery> pending = new LinkedHashMap<>();

  /**
   * @param incoming is told that an answer is to be expected
   */
  Asker(
      DhtSettings settings,
      HostRates incoming,
      RandomGenerator random,
      Consumer<DhtEffect> effects,
      long nowNanos) {
    this.settings = settings;
    this.incoming = incoming;
    this.random = random;
    this.effects = effects;
    DhtLimits.Rates rates = settings.limits().rates();
    this.rate =
        new TokenBucket(rates.queriesOutPerSecond(), 2.0 * rates.queriesOutPerSecond(), nowNanos);
    this.hostRates = new HostRates(rates.askHostPerSecond(), rates.askHostBurst(), rates.hosts());
  }

  /**
   * Asks a node.
   *
   * @param expected the id that it must answer with; null when it is not known
   * @return whether the query was sent; if not, that is because of a limit
   */
  boolean ask(
      InetSocketAddress to,
      @Nullable NodeId expected,
      NodeId own,
      DhtQuery question,
      Purpose purpose,
      long nowNanos) {
    if (pending.size() >= settings.limits().lookups().pending()
        || !hostRates.admits(to, nowNanos)
        || !rate.tryTake(nowNanos)) {
      return false;
    }
    int transaction = newTransaction();
    pending.put(transaction, new PendingQuery(to, expected, purpose, nowNanos));
    DhtMessage query =
        new DhtMessage.Query(
            bytes(transaction),
            own,
            question,
            !settings.reachableFrom().test(to),
            DhtSettings.VERSION);
    incoming.expect(to, nowNanos);
    effects.accept(new DhtEffect.Send(to, DhtCodec.encode(query)));
    return true;
  }

  private int newTransaction() {
    int transaction = random.nextInt();
    while (pending.containsKey(transaction)) {
      transaction = random.nextInt();
    }
    return transaction;
  }

  private static BString bytes(int transaction) {
    return BString.of(ByteBuffer.allocate(Integer.BYTES).putInt(transaction).array());
  }

  /** The query that a message answers, which is then no longer pending. */
  Optional<PendingQuery> match(BString transaction, InetSocketAddress from) {
    if (transaction.length() != Integer.BYTES) {
      return Optional.empty();
    }
    int number = transaction.bytes().getInt();
    PendingQuery query = pending.get(number);
    if (query == null || !query.to().equals(from)) {
      return Optional.empty();
    }
    pending.remove(number);
    return Optional.of(query);
  }

  /** Queries that have just become late. */
  List<PendingQuery> newlyLate(long nowNanos) {
    return pending.values().stream()
        .filter(query -> query.becomesLate(LATE_NANOS, nowNanos))
        .toList();
  }

  /** Takes out queries that nobody will answer any more. */
  List<PendingQuery> expired(long nowNanos) {
    List<PendingQuery> expired = new ArrayList<>();
    Iterator<PendingQuery> oldest = pending.values().iterator();
    while (oldest.hasNext()) {
      PendingQuery query = oldest.next();
      if (nowNanos - query.sentAt() < TIMEOUT_NANOS) {
        break;
      }
      oldest.remove();
      expired.add(query);
    }
    return expired;
  }

  boolean isIdle() {
    return pending.isEmpty();
  }
}
