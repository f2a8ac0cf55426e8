package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.swarm.RequestBook.Request;
import io.sluice.wire.PeerMessage;
import java.util.Set;

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

  /** Pieces that nobody wants any more are kept half done for so long. */
  private static final long ABANDONED_NANOS = 30 * SECOND;

  /** What a peer refused is asked of it again after so long. */
  private static final long REFUSAL_NANOS = 10 * SECOND;

  private final PieceLedger ledger;
  private final Assemblies assemblies;
  private final PeerTable peers;
  private final Culprits culprits;
  private final Totals totals;
  private final Outbox out;
  private long refusalsNanos;

  Downloads(
      PieceLedger ledger,
      Assemblies assemblies,
      PeerTable peers,
      Culprits culprits,
      Totals totals,
      Outbox out) {
    this.ledger = ledger;
    this.assemblies = assemblies;
    this.peers = peers;
    this.culprits = culprits;
    this.totals = totals;
    this.out = out;
  }

  /** Asks a peer for a block, which it has not been asked for. */
  void ask(PeerState peer, Assembly assembly, int block, long nowNanos) {
    int piece = assembly.piece();
    peer.throughput.asked(nowNanos);
    peer.requests.add(piece, block, nowNanos, nowNanos + peer.etaNanos());
    assembly.ask(block, nowNanos);
    assemblies.refresh(assembly);
    PieceGeometry geometry = ledger.geometry();
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
    if (request == null) {
      totals.wasted += bytes;
      peers.strike(peer, "sent blocks that it was not asked for");
      return;
    }
    settle(peer, request);
    peer.throughput.delivered(
        bytes,
        request.sentNanos,
        request.alone && request.cancels == 0,
        peer.requests.waiting() + peer.requests.late() == 0,
        nowNanos);
    revive(peer);
    Assembly assembly = assemblies.find(piece);
    if (assembly == null || !ledger.active(piece) || assembly.has(block)) {
      totals.wasted += bytes;
      return;
    }
    if (assembly.pendingAt(block) > 0) {
      cancelEverywhere(piece, block);
    }
    assembly.receive(block, peer.identity(), nowNanos);
    out.add(new Effect.Write(piece, message.begin(), message.bytes()));
    assemblies.refresh(assembly);
    if (assembly.missing() == 0) {
      assemblies.hash(assembly);
      out.add(new Effect.Hash(piece, culprits.suspects(piece)));
    }
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
    if (peer.requests.late() == 0) {
      return;
    }
    for (Request request : peer.requests.snapshot()) {
      Assembly assembly = assemblies.find(request.piece);
      if (request.state() == RequestBook.State.LATE
          && assembly != null
          && assembly.isFree(request.block)) {
        peer.requests.move(request, RequestBook.State.WAITING);
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
    if (request.cancels > 0 && request.state() != RequestBook.State.CANCELLED) {
      // The answer to an earlier cancel of the same request.
      request.cancels--;
      return;
    }
    if (request.state() != RequestBook.State.CANCELLED) {
      if (peer.choked) {
        peer.allowedFast.clear(reject.piece());
      } else {
        peer.refused.set(reject.piece());
      }
    }
    settle(peer, request);
    rest(peer, nowNanos);
  }

  /** A peer no longer has a piece (BEP 54): what it was asked for of it will not come. */
  void lost(PeerState peer, int piece, long nowNanos) {
    for (Request request : peer.requests.snapshot()) {
      if (request.piece == piece) {
        settle(peer, request);
      }
    }
    rest(peer, nowNanos);
  }

  /** A peer has left, or choked us without the fast extension: it answers nothing any more. */
  void forget(PeerState peer, long nowNanos) {
    for (Request request : peer.requests.snapshot()) {
      settle(peer, request);
    }
    release(peer);
    rest(peer, nowNanos);
  }

  /** Pieces that a peer had to itself are open to all. */
  private void release(PeerState peer) {
    for (Assembly assembly : assemblies.all()) {
      if (assembly.exclusiveTo == peer.key()) {
        assembly.exclusiveTo = Assembly.NOBODY;
      }
    }
  }

  private void settle(PeerState peer, Request request) {
    RequestBook.State state = request.state();
    peer.requests.remove(request);
    Assembly assembly = assemblies.find(request.piece);
    if (assembly == null) {
      return;
    }
    switch (state) {
      case WAITING -> assembly.settle(request.block);
      case LATE -> assembly.lateGone(request.block);
      case CANCELLED -> {}
    }
    assemblies.refresh(assembly);
  }

  private static void rest(PeerState peer, long nowNanos) {
    if (peer.requests.waiting() + peer.requests.late() == 0) {
      peer.throughput.rest(nowNanos);
    }
  }

  private void cancelEverywhere(int piece, int block) {
    for (PeerState peer : peers.all()) {
      Request request = peer.requests.find(piece, block);
      if (request != null && request.state() != RequestBook.State.CANCELLED) {
        cancel(peer, request);
      }
    }
  }

  /** Takes a request back. */
  void cancel(PeerState peer, Request request) {
    Assembly assembly = assemblies.find(request.piece);
    if (assembly != null) {
      switch (request.state()) {
        case WAITING -> assembly.settle(request.block);
        case LATE -> assembly.lateGone(request.block);
        case CANCELLED -> {}
      }
      assemblies.refresh(assembly);
    }
    peer.requests.move(request, RequestBook.State.CANCELLED);
    PieceGeometry geometry = ledger.geometry();
    out.send(
        peer,
        new PeerMessage.Cancel(
            request.piece,
            geometry.blockBegin(request.block),
            geometry.blockBytes(request.piece, request.block)));
  }

  /** Nobody wants a piece any more: nothing more of it is to come. */
  void abandon(int piece, long nowNanos) {
    Assembly assembly = assemblies.find(piece);
    if (assembly == null || !ledger.active(piece)) {
      return;
    }
    cancelPiece(piece);
    if (assembly.empty()) {
      drop(assembly);
    } else {
      assembly.touchedNanos = nowNanos;
    }
    for (PeerState peer : peers.all()) {
      rest(peer, nowNanos);
    }
  }

  private void cancelPiece(int piece) {
    for (PeerState peer : peers.all()) {
      for (Request request : peer.requests.snapshot()) {
        if (request.piece == piece && request.state() != RequestBook.State.CANCELLED) {
          cancel(peer, request);
        }
      }
    }
  }

  /** Gives up a piece in the making to make room for one that is needed more. */
  void sacrifice(Assembly assembly) {
    cancelPiece(assembly.piece());
    drop(assembly);
  }

  private void drop(Assembly assembly) {
    if (!assembly.empty()) {
      totals.wasted += assembly.bytes();
    }
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
    for (PeerState peer : peers.all()) {
      overdue(peer, nowNanos);
    }
    if (nowNanos - refusalsNanos > REFUSAL_NANOS) {
      refusalsNanos = nowNanos;
      peers.all().forEach(peer -> peer.refused.clear());
    }
    for (Assembly assembly : assemblies.snapshot()) {
      int piece = assembly.piece();
      if (ledger.active(piece)
          && !ledger.wanted(piece)
          && nowNanos - assembly.touchedNanos > ABANDONED_NANOS) {
        drop(assembly);
      }
    }
  }

  private void overdue(PeerState peer, long nowNanos) {
    if (peer.requests.size() == 0) {
      return;
    }
    peer.throughput.stalling(nowNanos);
    long patience = peer.throughput.patienceNanos();
    boolean stalled =
        peer.requests.waiting() > 0 && nowNanos - peer.throughput.progressNanos() > patience;
    for (Request request : peer.requests.snapshot()) {
      long age = nowNanos - request.sentNanos;
      switch (request.state()) {
        case WAITING -> {
          if (stalled && age > patience) {
            late(peer, request);
          }
        }
        case LATE -> {
          if (age > 3 * patience) {
            cancel(peer, request);
          }
        }
        case CANCELLED -> {
          if (age > 3 * patience + CANCEL_GRACE_NANOS) {
            peer.requests.remove(request);
          }
        }
      }
    }
    rest(peer, nowNanos);
  }

  private void late(PeerState peer, Request request) {
    peer.snubbed = true;
    peer.requests.move(request, RequestBook.State.LATE);
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
