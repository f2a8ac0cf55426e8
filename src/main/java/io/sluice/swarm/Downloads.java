package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.swarm.RequestBook.Request;
import io.sluice.wire.PeerMessage;
import java.util.BitSet;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests and the blocks that answer them. Invariant: a request that waits or is late at a peer
 * belongs to a block of an active piece that is not here; as soon as the block comes from somebody
 * else, or nobody wants the piece, it is cancelled.
 *
 * <p>Confined to the swarm loop.
 */
final class Downloads {

  private static final long SECOND = 1_000_000_000L;

  /** A peer that was sent a cancel may still answer for so long. */
  private static final long CANCEL_GRACE_NANOS = 20 * SECOND;

  /** Pieces that nobody wants any more are kept half done for so long, while there is room. */
  private static final long ABANDONED_NANOS = 120 * SECOND;

  /** A block that is on its way when its request is cancelled is expected within this at most. */
  private static final long LONGEST_CROSSING_NANOS = 5 * SECOND;

  /** What the answer to a cancelled request may take longer than foreseen. */
  private static final long CROSSING_SLACK_NANOS = SECOND / 10;

  /** A peer that refuses and gives nothing is asked again after so long. */
  private static final long REFUSAL_NANOS = 10 * SECOND;

  /** So many refusals may be answers to requests that were cancelled long ago. */
  private static final int FORGIVEN_REFUSALS = 100;

  private final PieceLedger ledger;
  private final Assemblies assemblies;
  private final PeerTable peers;
  private final Culprits culprits;
  private final Totals totals;
  private final Bandwidth down;
  private final DecisionLog log;
  private final Outbox out;
  private long pardonedNanos;

  Downloads(
      PieceLedger ledger,
      Assemblies assemblies,
      PeerTable peers,
      Culprits culprits,
      Totals totals,
      Bandwidth down,
      DecisionLog log,
      Outbox out) {
    this.ledger = ledger;
    this.assemblies = assemblies;
    this.peers = peers;
    this.culprits = culprits;
    this.totals = totals;
    this.down = down;
    this.log = log;
    this.out = out;
  }

  /** Whether the rate lets a block be asked for that a reader waits for. */
  boolean mayAsk() {
    return down.open(Bandwidth.Urgency.NOW);
  }

  /** Asks a peer for a block, which it has not been asked for. */
  void ask(PeerState peer, Assembly assembly, int block, Why why, long nowNanos) {
    int piece = assembly.piece();
    log.add(peer.identity(), piece, ledger.geometry().blockBegin(block), peer.etaNanos(), why);
    peer.throughput.asked(nowNanos);
    peer.requests.add(piece, block, nowNanos);
    assembly.ask(block);
    assemblies.refresh(assembly);
    PieceGeometry geometry = ledger.geometry();
    down.spend(geometry.blockBytes(piece, block));
    out.send(
        peer,
        new PeerMessage.Request(
            piece, geometry.blockBegin(block), geometry.blockBytes(piece, block)));
  }

  /** A block came. */
  void arrived(PeerState peer, PeerMessage.Block message, long nowNanos) {
    int bytes = message.bytes().remaining();
    totals.down.add(bytes, nowNanos);
    peer.down.add(bytes, nowNanos);
    int piece = message.piece();
    int block = blockOf(piece, message.begin(), bytes);
    if (block < 0) {
      totals.wasted += bytes;
      peers.offend(peer, "sent a block that no piece has");
      return;
    }
    Request request = peer.requests.find(piece, block);
    if (request == null || request.state() == RequestBook.State.CANCELLED) {
      down.spend(bytes);
    }
    if (request == null) {
      totals.wasted += bytes;
      peers.strike(peer, "sent blocks that it was not asked for");
      return;
    }
    boolean renewed = request.cancels > 0;
    if (renewed) {
      // The block may answer the request that was cancelled, so that the second one still waits
      // there; left alone it would be a duplicate if the block were needed once more.
      request.cancels--;
      if (request.state() != RequestBook.State.CANCELLED) {
        cancel(peer, request, nowNanos);
      }
    } else {
      peer.requests.answered(request);
      settle(peer, request);
    }
    peer.throughput.delivered(
        bytes, request.sentNanos, request.alone, peer.requests.idle(), renewed, nowNanos);
    revive(peer);
    Assembly assembly = receiving(piece, nowNanos);
    if (assembly == null || !ledger.active(piece) || assembly.has(block)) {
      totals.wasted += bytes;
      return;
    }
    if (assembly.pendingAt(block) > 0) {
      cancelEverywhere(piece, block, nowNanos);
    }
    assembly.receive(block, peer.identity(), nowNanos);
    out.add(new Effect.Write(piece, message.begin(), message.bytes()));
    assemblies.refresh(assembly);
    if (assembly.missing() == 0) {
      assemblies.hash(assembly);
      out.add(new Effect.Hash(piece, culprits.suspects(piece)));
    }
  }

  /** The piece in the making that a block belongs to; one that was given up is begun anew. */
  private @Nullable Assembly receiving(int piece, long nowNanos) {
    Assembly assembly = assemblies.find(piece);
    if (assembly != null || !ledger.absent(piece) || !assemblies.room()) {
      return assembly;
    }
    return assemblies.begin(piece, nowNanos);
  }

  private int blockOf(int piece, int begin, int bytes) {
    PieceGeometry geometry = ledger.geometry();
    if (begin % PeerMessage.BLOCK_BYTES != 0 || !geometry.holds(piece, begin, bytes)) {
      return -1;
    }
    int block = begin / PeerMessage.BLOCK_BYTES;
    return geometry.blockBytes(piece, block) == bytes ? block : -1;
  }

  /** A peer that had stalled delivers again: what is not asked of others is expected of it. */
  private void revive(PeerState peer) {
    peer.snubbed = false;
    peer.refusals = 0;
    if (peer.requests.late() == 0) {
      return;
    }
    for (Request request : peer.requests.live()) {
      Assembly assembly = assemblies.find(request.piece);
      if (request.state() == RequestBook.State.LATE
          && assembly != null
          && assembly.isFree(request.block)) {
        peer.requests.expect(request);
        assembly.expect(request.block);
        assemblies.refresh(assembly);
      }
    }
  }

  /** A peer will not answer a request (BEP 6). */
  void rejected(PeerState peer, PeerMessage.RejectRequest reject, long nowNanos) {
    int block = blockOf(reject.piece(), reject.begin(), reject.length());
    Request request = block < 0 ? null : peer.requests.find(reject.piece(), block);
    if (request == null) {
      peers.strike(peer, "rejected requests that were not made");
      return;
    }
    if (request.cancels > 0) {
      // The answer to an earlier cancel of the same request.
      request.cancels--;
      return;
    }
    if (request.state() != RequestBook.State.CANCELLED) {
      if (peer.choked) {
        peer.allowedFast.clear(reject.piece());
      } else {
        peer.refused.set(reject.piece());
        peer.refusals++;
      }
    } else if (!peer.choked) {
      peer.requests.answeredCancel();
    }
    refund(request);
    settle(peer, request);
    rest(peer, nowNanos);
  }

  /**
   * A peer no longer has a piece (BEP 54): what it was asked for of it will not come. It is told so
   * for each block, since it may get the piece again and be asked again.
   */
  void lost(PeerState peer, int piece, long nowNanos) {
    withdraw(peer, other -> other == piece, nowNanos);
  }

  /**
   * A peer has choked us without the fast extension: it answers nothing any more but what is on its
   * way.
   */
  void dismissed(PeerState peer, long nowNanos) {
    int ahead = 0;
    for (Request request : peer.requests.live()) {
      refund(request);
      release(request);
      peer.requests.dismiss(request, nowNanos + crossingNanos(peer, ahead++));
    }
    rest(peer, nowNanos);
  }

  /** A peer has left: it answers nothing any more. */
  void forget(PeerState peer, long nowNanos) {
    for (Request request : peer.requests.live()) {
      refund(request);
      settle(peer, request);
    }
    peer.requests.clear();
    rest(peer, nowNanos);
  }

  /** A request that is not cancelled will not be answered by a block. */
  private void refund(Request request) {
    if (request.state() != RequestBook.State.CANCELLED) {
      down.refund(ledger.geometry().blockBytes(request.piece, request.block));
    }
  }

  private void settle(PeerState peer, Request request) {
    release(request);
    peer.requests.remove(request);
  }

  /** One request fewer is out for a block. */
  private void release(Request request) {
    Assembly assembly = assemblies.find(request.piece);
    if (assembly == null) {
      return;
    }
    switch (request.state()) {
      case WAITING -> assembly.settle(request.block);
      case LATE -> assembly.lateGone(request.block);
      case CANCELLED -> {}
    }
    assemblies.refresh(assembly);
  }

  private static void rest(PeerState peer, long nowNanos) {
    if (peer.requests.idle()) {
      peer.throughput.rest(nowNanos);
    }
  }

  private void cancelEverywhere(int piece, int block, long nowNanos) {
    for (PeerState peer : peers.all()) {
      Request request = peer.requests.findLive(piece, block);
      if (request != null) {
        cancel(peer, request, nowNanos);
      }
    }
  }

  /** Takes a request back. */
  private void cancel(PeerState peer, Request request, long nowNanos) {
    cancel(peer, request, peer.requests.waiting() + peer.requests.late(), nowNanos);
  }

  /** Takes a request back that has so many before it in the peer's queue. */
  private void cancel(PeerState peer, Request request, int ahead, long nowNanos) {
    refund(request);
    release(request);
    peer.requests.cancel(request, nowNanos + crossingNanos(peer, ahead));
    PieceGeometry geometry = ledger.geometry();
    out.send(
        peer,
        new PeerMessage.Cancel(
            request.piece,
            geometry.blockBegin(request.block),
            geometry.blockBytes(request.piece, request.block)));
  }

  /** Nobody wants some pieces any more: nothing more of them is to come. */
  void abandon(BitSet pieces, long nowNanos) {
    cancelAll(pieces::get, nowNanos);
    for (int piece = pieces.nextSetBit(0); piece >= 0; piece = pieces.nextSetBit(piece + 1)) {
      Assembly assembly = assemblies.find(piece);
      if (assembly != null && ledger.active(piece)) {
        assembly.touchedNanos = nowNanos;
        dropIfEmpty(assembly, nowNanos);
      }
    }
  }

  /** Takes back all requests for certain pieces. */
  private void cancelAll(IntPredicate pieces, long nowNanos) {
    peers.all().forEach(peer -> withdraw(peer, pieces, nowNanos));
  }

  /** Takes back what a peer was asked for of certain pieces, so that others come sooner. */
  void withdraw(PeerState peer, IntPredicate pieces, long nowNanos) {
    int ahead = 0;
    for (Request request : peer.requests.live()) {
      if (pieces.test(request.piece)) {
        cancel(peer, request, ahead, nowNanos);
      }
      ahead++;
    }
    rest(peer, nowNanos);
  }

  /** How long a block may take that was on its way when its request was cancelled. */
  private static long crossingNanos(PeerState peer, int ahead) {
    if (peer.requests.answersCancels()) {
      return peer.throughput.patienceNanos();
    }
    long foreseen = peer.throughput.etaNanos(ahead);
    return Math.min(LONGEST_CROSSING_NANOS, foreseen + foreseen / 2 + CROSSING_SLACK_NANOS);
  }

  /** Gives up a piece in the making to make room for one that is needed more. */
  void sacrifice(Assembly assembly, long nowNanos) {
    cancelAll(piece -> piece == assembly.piece(), nowNanos);
    drop(assembly);
  }

  /** Gives up a piece that has no block yet, unless one may be on its way. */
  private void dropIfEmpty(Assembly assembly, long nowNanos) {
    if (assembly.empty() && !mayStillCome(assembly.piece(), nowNanos)) {
      drop(assembly);
    }
  }

  private boolean mayStillCome(int piece, long nowNanos) {
    for (PeerState peer : peers.all()) {
      if (peer.requests.mayStillCome(piece, nowNanos)) {
        return true;
      }
    }
    return false;
  }

  private void drop(Assembly assembly) {
    totals.wasted += assembly.receivedBytes();
    assemblies.drop(assembly);
    out.add(new Effect.Discard(assembly.piece()));
  }

  /** The hash of a piece is known; returns whether the piece is held now. */
  boolean hashed(Event.Hashed event) {
    Assembly assembly = assemblies.find(event.piece());
    if (assembly == null || ledger.active(event.piece())) {
      return false;
    }
    if (event.intact()) {
      assemblies.hold(assembly);
      out.add(new Effect.Keep(event.piece()));
      accuse(culprits.intact(event.piece(), event.digests()));
      return true;
    }
    drop(assembly);
    accuse(culprits.spoilt(assembly, event.digests()));
    return false;
  }

  private void accuse(Set<PeerIdentity> guilty) {
    for (PeerIdentity each : guilty) {
      peers.ban(each, "sent bad data");
    }
  }

  /** Looks after what is overdue. */
  void tick(long nowNanos) {
    boolean pardon = nowNanos - pardonedNanos > REFUSAL_NANOS;
    pardonedNanos = pardon ? nowNanos : pardonedNanos;
    for (PeerState peer : peers.all()) {
      overdue(peer, nowNanos);
      if (pardon || peer.refusals < FORGIVEN_REFUSALS) {
        peer.refused.clear();
      }
    }
    for (Assembly assembly : assemblies.snapshot()) {
      int piece = assembly.piece();
      if (!ledger.active(piece) || ledger.wanted(piece)) {
        continue;
      }
      if (nowNanos - assembly.touchedNanos > ABANDONED_NANOS) {
        drop(assembly);
      } else {
        dropIfEmpty(assembly, nowNanos);
      }
    }
  }

  private void overdue(PeerState peer, long nowNanos) {
    long patience = peer.throughput.patienceNanos();
    peer.requests.forgetCancelled(nowNanos - 3 * patience - CANCEL_GRACE_NANOS);
    if (peer.requests.idle()) {
      return;
    }
    peer.throughput.stalling(nowNanos);
    boolean stalled =
        peer.requests.waiting() > 0 && nowNanos - peer.throughput.progressNanos() > patience;
    if (!stalled && peer.requests.late() == 0) {
      return;
    }
    for (Request request : peer.requests.live()) {
      long age = nowNanos - request.sentNanos;
      if (request.state() == RequestBook.State.WAITING) {
        if (stalled && age > patience) {
          late(peer, request);
        }
      } else if (age > 3 * patience) {
        cancel(peer, request, nowNanos);
      }
    }
    rest(peer, nowNanos);
  }

  /** A peer is not expected to answer soon: others may be asked, and it for nothing more. */
  void late(PeerState peer, Request request) {
    peer.snubbed = true;
    peer.requests.late(request);
    Assembly assembly = assemblies.find(request.piece);
    if (assembly != null) {
      assembly.late(request.block);
      if (assembly.exclusiveTo == peer.key()) {
        assembly.exclusiveTo = Assembly.NOBODY;
      }
      assemblies.refresh(assembly);
    }
  }
}
