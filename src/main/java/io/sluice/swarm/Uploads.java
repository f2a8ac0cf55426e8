package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import java.util.List;

/**
 * Answers what peers ask for. Guarantees that with the fast extension each request is answered
 * once, by a block or a rejection, within {@link #LONGEST_NANOS}, and that nothing is sent that was
 * not asked for.
 *
 * <p>Confined to the swarm loop.
 */
final class Uploads {

  private static final long SECOND = 1_000_000_000L;

  /** webtorrent drops a peer that leaves its requests unanswered for 30 s. */
  static final long LONGEST_NANOS = 20 * SECOND;

  /** Blocks that are fetched for one peer at a time. */
  private static final int AT_ONCE = 4;

  /** A request for more than this is no mistake but an attack; webtorrent draws the same line. */
  private static final int MAX_REQUEST_BYTES = 128 * 1024;

  private final PieceLedger ledger;
  private final PeerTable peers;
  private final Totals totals;
  private final Bandwidth up;
  private final Outbox out;

  /** Who is served first the next time that a rate holds all back. */
  private int turn;

  Uploads(PieceLedger ledger, PeerTable peers, Totals totals, Bandwidth up, Outbox out) {
    this.ledger = ledger;
    this.peers = peers;
    this.totals = totals;
    this.up = up;
    this.out = out;
  }

  /** A peer asks for a block. */
  void requested(PeerState peer, PeerMessage.Request request, long nowNanos) {
    if (request.length() > MAX_REQUEST_BYTES) {
      peers.offend(peer, "asked for a block of " + request.length() + " bytes");
      return;
    }
    if (!ledger.geometry().holds(request.piece(), request.begin(), request.length())) {
      peers.strike(peer, "asked for blocks that no piece has");
      reject(peer, request);
      return;
    }
    if (peer.choking || !ledger.held(request.piece())) {
      reject(peer, request);
      return;
    }
    if (!peer.uploads.offer(request, nowNanos)) {
      peers.strike(peer, "asked for too much at a time");
      reject(peer, request);
      return;
    }
    pump(peer);
  }

  /** A peer no longer wants a block. */
  void cancelled(PeerState peer, PeerMessage.Cancel cancel) {
    PeerMessage.Request request =
        new PeerMessage.Request(cancel.piece(), cancel.begin(), cancel.length());
    if (peer.uploads.cancel(request)) {
      reject(peer, request);
    }
  }

  /** How serving a block went. */
  void served(PeerState peer, Event.Served event, long nowNanos) {
    peer.uploads.writable = event.writable();
    if (event.outcome() != Event.Served.Outcome.SENT) {
      up.refund(event.request().length());
    }
    switch (event.outcome()) {
      case SENT -> {
        peer.uploads.served(event.request());
        peer.up.add(event.request().length(), nowNanos);
        totals.up.add(event.request().length(), nowNanos);
        peer.lastSentNanos = nowNanos;
      }
      case BUSY -> {
        if (peer.choking || !ledger.held(event.request().piece())) {
          peer.uploads.served(event.request());
          reject(peer, event.request());
        } else {
          peer.uploads.putBack(event.request());
        }
      }
      case GONE -> {
        peer.uploads.served(event.request());
        reject(peer, event.request());
      }
    }
    pump(peer);
  }

  void writable(PeerState peer) {
    peer.uploads.writable = true;
    pump(peer);
  }

  /** We choke a peer: nothing that it waits for will come (BEP 6: say so for each request). */
  void choked(PeerState peer) {
    rejectAll(peer, peer.uploads.drain());
  }

  /** A piece is gone. */
  void lost(int piece) {
    for (PeerState peer : peers.all()) {
      if (peer.uploads.waiting() > 0) {
        rejectAll(peer, peer.uploads.drain(piece));
      }
    }
  }

  /** Turns down what could not be answered in time. */
  void tick(long nowNanos) {
    for (PeerState peer : peers.all()) {
      if (peer.uploads.waiting() > 0) {
        rejectAll(peer, peer.uploads.drainOlder(nowNanos - LONGEST_NANOS));
      }
    }
  }

  private void pump(PeerState peer) {
    // What is scarce is shared out in turn, by pumpAll.
    boolean served = true;
    while (served && up.open(Bandwidth.Urgency.WHENEVER)) {
      served = serveOne(peer);
    }
  }

  /** Shares out what a rate lets go, a block to each in turn; several times a second. */
  void pumpAll() {
    List<PeerState> all = peers.all();
    if (!up.limited()) {
      return;
    }
    int idle = 0;
    while (idle < all.size() && up.open(Bandwidth.Urgency.NOW)) {
      PeerState peer = all.get(Math.floorMod(turn++, all.size()));
      idle = serveOne(peer) ? 0 : idle + 1;
    }
  }

  /** Whether somebody waits for blocks. */
  boolean waiting() {
    for (PeerState peer : peers.all()) {
      if (peer.uploads.waiting() > 0) {
        return true;
      }
    }
    return false;
  }

  private boolean serveOne(PeerState peer) {
    if (!peer.uploads.writable || peer.uploads.serving() >= AT_ONCE) {
      return false;
    }
    UploadQueue.Waiting next = peer.uploads.serve();
    if (next == null) {
      return false;
    }
    up.spend(next.request().length());
    out.add(new Effect.Serve(peer.key(), next.request()));
    return true;
  }

  private void rejectAll(PeerState peer, List<PeerMessage.Request> requests) {
    requests.forEach(request -> reject(peer, request));
  }

  private void reject(PeerState peer, PeerMessage.Request request) {
    if (peer.fast()) {
      out.send(
          peer, new PeerMessage.RejectRequest(request.piece(), request.begin(), request.length()));
    }
  }
}
