package io.sluice.swarm;

import io.sluice.swarm.RequestBook.Request;
import java.util.BitSet;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the pieces that readers wait for at this moment. Guarantees that such a piece does
 * not wait behind what is only read ahead, and that its last blocks do not wait for the slowest
 * peer: they are asked of a second one, and taken back from whoever comes later.
 *
 * <p>Confined to the swarm loop.
 */
final class Hurry {

  private static final long SECOND = 1_000_000_000L;

  /** A queue that takes longer than this to answer is too long to wait behind. */
  private static final long LONG_QUEUE_NANOS = SECOND / 10;

  /** A block is asked of a second peer when that would bring it in so much less time. */
  private static final int MUCH_SOONER = 3;

  /** What a reader comes to within this must not be late. */
  private static final long NEAR_NANOS = 3 * SECOND / 2;

  /** What comes within this is waited for. */
  private static final long SOON_NANOS = SECOND / 4;

  /** After this a block may be asked of a second peer in any case. */
  private static final long OVERDUE_NANOS = 3 * SECOND / 2;

  private final PieceLedger ledger;
  private final Assemblies assemblies;
  private final Windows windows;
  private final Downloads downloads;
  private final PeerTable peers;
  private final SwarmLimits limits;

  Hurry(
      PieceLedger ledger,
      Assemblies assemblies,
      Windows windows,
      Downloads downloads,
      PeerTable peers,
      SwarmLimits limits) {
    this.ledger = ledger;
    this.assemblies = assemblies;
    this.windows = windows;
    this.downloads = downloads;
    this.peers = peers;
    this.limits = limits;
  }

  /** A reader waits for a piece that it was not near before. */
  void makeWay(int piece, long nowNanos) {
    if (!ledger.open(piece)) {
      return;
    }
    BitSet waited = windows.waitedFor(nowNanos);
    for (PeerState peer : peers.all()) {
      if (peer.mayAsk(piece)) {
        makeWay(peer, waited, nowNanos);
      }
    }
  }

  /** A reader waits for a piece: peers that have it answer no more for pieces of less worth. */
  void makeWay(int piece, IntPredicate lesser, long nowNanos) {
    for (PeerState peer : peers.all()) {
      if (peer.mayAsk(piece)) {
        downloads.withdraw(peer, lesser, nowNanos);
      }
    }
  }

  /** Relieves a peer that has much to answer of what nobody waits for; it is asked again later. */
  private void makeWay(PeerState peer, BitSet waited, long nowNanos) {
    if (peer.etaNanos() - peer.throughput.etaNanos(0) > LONG_QUEUE_NANOS) {
      downloads.withdraw(peer, piece -> !waited.get(piece), nowNanos);
    }
  }

  /** Asks a second peer for blocks that are waited for, or soon will be, and slow to come. */
  void tick(long nowNanos) {
    BitSet waited = windows.waitedFor(nowNanos);
    BitSet near = windows.dueWithin(NEAR_NANOS);
    near.or(waited);
    if (near.isEmpty()) {
      return;
    }
    BitSet next = windows.next();
    next.or(waited);
    for (PeerState owner : peers.all()) {
      if (waitsBehindOthers(owner, waited)) {
        downloads.withdraw(owner, piece -> !next.get(piece), nowNanos);
      }
      int ahead = 0;
      for (Request request : owner.requests.live()) {
        if (request.state() == RequestBook.State.WAITING && near.get(request.piece)) {
          consider(owner, request, ahead, waited, nowNanos);
        }
        ahead++;
      }
    }
  }

  /** Whether a block that is waited for comes only after much that nobody waits for yet. */
  private static boolean waitsBehindOthers(PeerState peer, BitSet waited) {
    int others = 0;
    for (Request request : peer.requests.live()) {
      if (!waited.get(request.piece)) {
        others++;
      } else if (request.state() == RequestBook.State.WAITING) {
        long behind = peer.throughput.etaNanos(others) - peer.throughput.etaNanos(0);
        if (behind > SOON_NANOS) {
          return true;
        }
      }
    }
    return false;
  }

  private void consider(PeerState owner, Request request, int ahead, BitSet waited, long nowNanos) {
    boolean waits = waited.get(request.piece);
    long age = nowNanos - request.sentNanos;
    long left = owner.throughput.leftNanos(ahead, age, nowNanos);
    long due = waits ? 0 : windows.dueNanos(request.piece);
    boolean givenUp = waits && owner.throughput.silent();
    if (!givenUp && left < Math.max(SOON_NANOS, due) && age < OVERDUE_NANOS) {
      return;
    }
    PeerState other = downloads.mayAsk() ? fastest(owner, request, nowNanos) : null;
    if (other == null) {
      return;
    }
    if (givenUp) {
      // As if its time were up: the block is anybody's.
      downloads.late(owner, request);
    }
    Assembly assembly = assemblies.find(request.piece);
    if (assembly != null
        && assembly.askedOf(request.block) < limits.maxAskedOf()
        && other.throughput.etaNanos(0) < left / MUCH_SOONER) {
      // Who spoilt the piece before is found out by what comes now, whoever gives it.
      assembly.exclusiveTo = Assembly.NOBODY;
      if (waits) {
        makeWay(other, waited, nowNanos);
      }
      downloads.ask(other, assembly, request.block, Why.AGAIN, nowNanos);
    }
  }

  /** Of the others that may be asked for a block, the one that would bring it first if idle. */
  private @Nullable PeerState fastest(PeerState owner, Request request, long nowNanos) {
    PeerState best = null;
    for (PeerState peer : peers.all()) {
      if (peer != owner
          && !peer.snubbed
          && peer.mayAsk(request.piece)
          && peer.requests.waiting() < limits.maxRequests()
          && peer.requests.waiting() < peer.requestQueue
          && (best == null || peer.throughput.etaNanos(0) < best.throughput.etaNanos(0))
          && peer.requests.findLive(request.piece, request.block) == null
          && peer.requests.askable(request.piece, request.block, nowNanos)) {
        best = peer;
      }
    }
    return best;
  }
}
