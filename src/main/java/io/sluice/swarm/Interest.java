package io.sluice.swarm;

import io.sluice.wire.PeerMessage;

/**
 * Tells peers whether we want something of them. Guarantees that we are interested in a peer
 * exactly while it has a piece that we lack and that a reader's range or the keeping policy covers;
 * a while longer when the last reader has left, since the next one often follows at once.
 *
 * <p>Confined to the swarm loop.
 */
final class Interest {

  private static final long LINGER_NANOS = 30_000_000_000L;

  private final PieceLedger ledger;
  private final Windows windows;
  private final Bridge bridge;
  private final PeerTable peers;
  private final Outbox out;
  private long demandNanos;

  Interest(PieceLedger ledger, Windows windows, Bridge bridge, PeerTable peers, Outbox out) {
    this.ledger = ledger;
    this.windows = windows;
    this.bridge = bridge;
    this.peers = peers;
    this.out = out;
    // What the torrent is was asked for by somebody who will want it in a moment.
    demandNanos = out.nowNanos();
  }

  void updateAll(long nowNanos) {
    peers.all().forEach(peer -> update(peer, nowNanos));
  }

  void update(PeerState peer, long nowNanos) {
    boolean demand = ledger.keepWhole() || windows.count() > 0;
    if (demand) {
      demandNanos = nowNanos;
    }
    boolean lingering = peer.interesting && nowNanos - demandNanos < LINGER_NANOS;
    boolean useful = bridge.wants(peer) || (demand ? useful(peer) : lingering && lacks(peer));
    if (useful != peer.interesting) {
      peer.interesting = useful;
      out.send(peer, useful ? new PeerMessage.Interested() : new PeerMessage.NotInterested());
    }
  }

  private boolean useful(PeerState peer) {
    if (ledger.keepWhole()) {
      return lacks(peer);
    }
    for (ReaderWindow window : windows.all()) {
      if (lacks(peer, window.first(), window.last())) {
        return true;
      }
    }
    return false;
  }

  private boolean lacks(PeerState peer) {
    return lacks(peer, 0, ledger.geometry().pieces() - 1);
  }

  /** Whether the peer has a piece of a range that we lack. */
  private boolean lacks(PeerState peer, int first, int last) {
    int piece = ledger.heldPieces().nextClearBit(first);
    while (piece <= last) {
      int theirs = peer.pieces.next(piece);
      if (theirs < 0 || theirs > last) {
        return false;
      }
      if (!ledger.held(theirs)) {
        return true;
      }
      piece = ledger.heldPieces().nextClearBit(theirs);
    }
    return false;
  }
}
