package io.sluice.swarm;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Carries pieces from one network to the other: fetches what {@link BridgeDemand} names although no
 * reader asks, a few pieces at a time, and keeps each until those who lacked it have it.
 *
 * <p>Guarantees that the pieces fetched and kept stay within the budget of bytes, that each leaves
 * it at last, whatever peers do, and that nothing is fetched for others from a peer that has what a
 * reader waits for. Kept pieces stay even when the store has let go of them.
 *
 * <pre>
 * demanded --begin--> fetched for others --hashed--> kept --taken, or in vain--> the store's alone
 *                            |
 *                            +-- nobody lacks it, or nobody gives it --> as if never begun
 * </pre>
 *
 * <p>Confined to the swarm loop.
 */
final class Bridge {

  private static final int NONE = -1;
  private static final long REFRESH_NANOS = 1_000_000_000L;

  /** So many pieces are fetched for others at a time whatever their length, if bytes allow. */
  private static final int LEAST_FETCHED = 2;

  /** A piece that one peer has taken is kept for others of its network for so long. */
  private static final long SPREAD_NANOS = 5_000_000_000L;

  /** A piece that the bridge has in hand. */
  private static final class Carry {
    final int piece;
    final int bytes;

    /** The networks that lacked it. */
    final Set<Network> networks = EnumSet.noneOf(Network.class);

    boolean kept;

    /** The store has let go of it. */
    boolean evicted;

    /** When a block of it last came or went, or it was begun or kept. */
    long touchedNanos;

    Carry(int piece, int bytes, long nowNanos) {
      this.piece = piece;
      this.bytes = bytes;
      touchedNanos = nowNanos;
    }
  }

  private final BridgeLimits limits;
  private final PieceLedger ledger;
  private final Windows windows;
  private final PeerTable peers;
  private final Outbox out;
  private final ByteBudget shared;
  private final BridgeDemand demand;
  private final TokenBucket rate;
  private final long mostFetched;
  private final Map<Integer, Carry> carries = new LinkedHashMap<>();

  /** Pieces that did not come and are left alone until {@link #deferredUntilNanos}. */
  private final BitSet deferred = new BitSet();

  private long deferredUntilNanos;
  private long reviewedNanos = -REFRESH_NANOS - 1;
  private int fetching;
  private long bytes;

  Bridge(
      SwarmLimits limits,
      PieceLedger ledger,
      Windows windows,
      PeerTable peers,
      Outbox out,
      ByteBudget shared) {
    this.limits = limits.bridge();
    this.ledger = ledger;
    this.windows = windows;
    this.peers = peers;
    this.out = out;
    this.shared = shared;
    demand = new BridgeDemand(ledger, peers);
    rate = new TokenBucket(limits.bridge().bytesPerSecond(), out::nowNanos);
    int pieceBytes = ledger.geometry().pieceBytes();
    mostFetched =
        Math.min(
            Math.max(LEAST_FETCHED, limits.bridge().bytes() / 2 / pieceBytes),
            limits.assemblies(pieceBytes) / 2);
  }

  /** Bytes of pieces in hand. */
  long bytes() {
    return bytes;
  }

  /** The pieces in hand. */
  Collection<Integer> pieces() {
    return carries.keySet();
  }

  /** Whether a piece is fetched for others and not here yet. */
  boolean fetches(int piece) {
    Carry carry = carries.get(piece);
    return carry != null && !carry.kept;
  }

  /** Whether a piece is kept for others, in the store or not. */
  boolean keeps(int piece) {
    Carry carry = carries.get(piece);
    return carry != null && carry.kept;
  }

  /** Whether a piece is fetched for others and for nobody else. */
  boolean only(int piece) {
    return fetches(piece) && !ledger.keepWhole() && ledger.wants(piece) == 1;
  }

  /** Whether a peer has something that others lack. */
  boolean wants(PeerState peer) {
    return limits.enabled() && demand.wants(peer);
  }

  /** Whether somebody lacks what no connected peer has. */
  boolean needsPeers() {
    return limits.enabled() && demand.unmet();
  }

  /** Of the pieces to fetch for others, one that a peer may be asked for now, or -1. */
  int choose(PeerState peer, IntPredicate fits) {
    if (fetching == 0 || !rate.open(0) || readerWaitsFor(peer)) {
      return NONE;
    }
    for (Carry carry : carries.values()) {
      if (!carry.kept && ledger.open(carry.piece) && fits.test(carry.piece)) {
        return carry.piece;
      }
    }
    return NONE;
  }

  private boolean readerWaitsFor(PeerState peer) {
    for (ReaderWindow window : windows.all()) {
      for (ReaderWindow.Ask ask : window.asks()) {
        if (!ledger.held(ask.piece()) && peer.pieces.has(ask.piece())) {
          return true;
        }
      }
    }
    return false;
  }

  /** A block was asked for that only others want. */
  void asked(int count) {
    rate.spend(count);
  }

  /** A block of a piece came, or was sent. */
  void touched(int piece, long nowNanos) {
    Carry carry = carries.get(piece);
    if (carry != null) {
      carry.touchedNanos = nowNanos;
    }
  }

  /** A peer asked for a piece that is not here and that it does not know to be lost. */
  void missed(int piece) {
    if (limits.enabled()) {
      demand.missed(piece);
    }
  }

  /** A peer has a piece that it lacked; returns what comes of that. */
  Changes gained(int piece) {
    Changes changes = new Changes();
    Carry carry = carries.get(piece);
    if (carry != null && carry.kept && lacking(carry).isEmpty()) {
      carries.remove(piece);
      settle(carry, changes);
    }
    return changes;
  }

  /** A piece turned out intact: from now on it is kept; before {@link Effect.Keep}. */
  void verified(int piece, long nowNanos) {
    Carry carry = carries.get(piece);
    if (carry != null && !carry.kept) {
      carry.kept = true;
      carry.touchedNanos = nowNanos;
      fetching--;
      ledger.unwant(piece);
      out.add(new Effect.Retain(piece));
    }
  }

  /** The store has let go of a piece; returns whether it is kept here nevertheless. */
  boolean evicted(int piece) {
    Carry carry = carries.get(piece);
    if (carry == null || !carry.kept) {
      return false;
    }
    carry.evicted = true;
    if (windows.asked(piece)) {
      restore(piece);
    }
    return true;
  }

  /** A reader waits for a piece: it gets it from the store. */
  void restore(int piece) {
    Carry carry = carries.get(piece);
    if (carry != null && carry.evicted) {
      carry.evicted = false;
      out.add(new Effect.Restore(piece));
    }
  }

  /**
   * Begins what is demanded, and ends what is done with.
   *
   * @return what that changed for others
   */
  Changes review(long nowNanos) {
    Changes changes = new Changes();
    if (!limits.enabled()) {
      return changes;
    }
    demand.refresh(nowNanos);
    if (nowNanos - reviewedNanos > REFRESH_NANOS) {
      reviewedNanos = nowNanos;
      end(changes, nowNanos);
    }
    begin(changes, nowNanos);
    return changes;
  }

  /** What a review changed: pieces that nobody fetches any more, and pieces that are lost. */
  static final class Changes {
    final BitSet unwanted = new BitSet();
    final List<Integer> lost = new ArrayList<>();
    boolean begun;
  }

  private void begin(Changes changes, long nowNanos) {
    if (nowNanos > deferredUntilNanos) {
      deferred.clear();
      deferredUntilNanos = nowNanos + limits.patience().toNanos();
    }
    while (mayBegin()) {
      int piece = demand.poll();
      if (piece == NONE) {
        return;
      }
      int length = ledger.geometry().bytesOf(piece);
      if (carries.containsKey(piece) || deferred.get(piece)) {
        continue;
      }
      if (!shared.take(length)) {
        return;
      }
      bytes += length;
      fetching++;
      Carry carry = new Carry(piece, length, nowNanos);
      for (Network network : Network.values()) {
        if (demand.demands(network, piece)) {
          carry.networks.add(network);
        }
      }
      carries.put(piece, carry);
      ledger.want(piece);
      changes.begun = true;
    }
  }

  private boolean mayBegin() {
    boolean room = bytes == 0 || bytes + ledger.geometry().pieceBytes() <= limits.bytes();
    return room && fetching < mostFetched;
  }

  private void end(Changes changes, long nowNanos) {
    Iterator<Carry> all = carries.values().iterator();
    while (all.hasNext()) {
      Carry carry = all.next();
      if (carry.kept ? taken(carry, nowNanos) : hopeless(carry, nowNanos)) {
        all.remove();
        settle(carry, changes);
      }
    }
  }

  /** Whether nobody lacks a kept piece any more, or those who do have left it for too long. */
  private boolean taken(Carry carry, long nowNanos) {
    List<PeerState> lacking = lacking(carry);
    if (lacking.isEmpty()) {
      return true;
    }
    long age = nowNanos - carry.touchedNanos;
    if (age <= Math.min(SPREAD_NANOS, limits.patience().toNanos())) {
      return false;
    }
    boolean spreads =
        carry.networks.stream()
            .flatMap(network -> demand.takers(network).stream())
            .anyMatch(peer -> peer.pieces.has(carry.piece));
    if (!spreads && age <= limits.patience().toNanos()) {
      return false;
    }
    for (PeerState peer : lacking) {
      if (age > limits.patience().toNanos()
          && !peer.taker.wasGiven(carry.piece)
          && !(peer.choking && peer.interested)) {
        peer.taker.missed(nowNanos);
      }
    }
    return true;
  }

  /** Whether nobody lacks a piece that is being fetched, or it does not come. */
  private boolean hopeless(Carry carry, long nowNanos) {
    if (lacking(carry).isEmpty()) {
      return true;
    }
    boolean late = nowNanos - carry.touchedNanos > limits.patience().toNanos();
    boolean given = peers.all().stream().anyMatch(peer -> peer.pieces.has(carry.piece));
    if (late || !given) {
      deferred.set(carry.piece);
      return true;
    }
    return false;
  }

  /** Those who lack a piece, of the networks for which it was fetched. */
  private List<PeerState> lacking(Carry carry) {
    return carry.networks.stream()
        .flatMap(network -> demand.takers(network).stream())
        .filter(peer -> !peer.closed && !peer.pieces.has(carry.piece))
        .toList();
  }

  private void settle(Carry carry, Changes changes) {
    bytes -= carry.bytes;
    shared.giveBack(carry.bytes);
    if (!carry.kept) {
      fetching--;
      if (ledger.unwant(carry.piece)) {
        changes.unwanted.set(carry.piece);
      }
      return;
    }
    out.add(new Effect.Release(carry.piece));
    if (carry.evicted) {
      changes.lost.add(carry.piece);
    }
  }

  /** Gives back what is shared with others: the session ends. */
  void close() {
    shared.giveBack(bytes);
    bytes = 0;
  }

  /** For looking at. */
  int fetching() {
    return fetching;
  }
}
