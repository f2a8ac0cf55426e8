package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.wire.PeerMessage;
import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of a torrent whose metadata is known: who wants them, who is asked for them, and where
 * they are. Guarantees that after each event every peer has been asked for what it should be.
 *
 * <p>Confined to the swarm loop.
 */
final class Content {

  private static final long SECOND = 1_000_000_000L;

  /** A wait of so long means that the peers we have do not do. */
  private static final long WAIT_NANOS = 5 * SECOND;

  /** More peers are called for at most so often. */
  private static final long CALL_NANOS = 5 * SECOND;

  /** For what others lack more peers are called for after so long, and then less and less often. */
  private static final long OTHERS_CALL_NANOS = 10 * SECOND;

  private static final long OTHERS_RAREST_CALL_NANOS = 300 * SECOND;

  /** Bitfields longer than this exceed what anacrolix/torrent reads. */
  private static final int MAX_BITFIELD_BYTES = 65_535;

  private final PeerTable peers;
  private final Outbox out;
  private final PieceLedger ledger;
  private final Assemblies assemblies;
  private final Windows windows;
  private final Downloads downloads;
  private final Uploads uploads;
  private final Picker picker;
  private final Hurry hurry;
  private final Interest interest;
  private final Bridge bridge;
  private final Bandwidth down;
  private final Bandwidth up;
  private final IntConsumer onLost;

  /** Pieces that were here and went. */
  private final BitSet lostOnce = new BitSet();

  private boolean refill;
  private @Nullable PeerState refillOne;
  private long calledNanos = -CALL_NANOS;
  private long calledForOthersNanos = -OTHERS_CALL_NANOS;
  private long othersCallNanos = OTHERS_CALL_NANOS;

  Content(
      PieceGeometry geometry,
      BitSet held,
      SwarmLimits limits,
      PeerTable peers,
      Totals totals,
      Outbox out,
      RandomGenerator random,
      SharedBounds shared,
      DecisionLog log,
      IntConsumer onLost) {
    this.peers = peers;
    this.out = out;
    this.onLost = onLost;
    Culprits culprits = new Culprits();
    ledger = new PieceLedger(geometry, held);
    assemblies = new Assemblies(ledger, limits);
    windows = new Windows(ledger, limits);
    down = new Bandwidth(bucket(limits.rates().download()), shared.download());
    up = new Bandwidth(bucket(limits.rates().upload()), shared.upload());
    downloads = new Downloads(ledger, assemblies, peers, culprits, totals, down, log, out);
    uploads = new Uploads(ledger, peers, totals, up, out);
    bridge = new Bridge(limits, ledger, windows, peers, out, shared.bridge());
    picker =
        new Picker(
            ledger, assemblies, windows, downloads, peers, culprits, bridge, down, limits, random);
    hurry = new Hurry(ledger, assemblies, windows, downloads, peers, limits);
    interest = new Interest(ledger, windows, bridge, peers, out);
  }

  private TokenBucket bucket(long bytesPerSecond) {
    return new TokenBucket(bytesPerSecond, out::nowNanos);
  }

  PieceLedger ledger() {
    return ledger;
  }

  Assemblies assemblies() {
    return assemblies;
  }

  Windows windows() {
    return windows;
  }

  Uploads uploads() {
    return uploads;
  }

  Bridge bridge() {
    return bridge;
  }

  /** A peer asks for a block. */
  void requested(PeerState peer, PeerMessage.Request request, long nowNanos) {
    peer.taker.asked();
    int piece = request.piece();
    if (peer.dontHaveId == 0 && lostOnce.get(piece) && !ledger.held(piece)) {
      bridge.missed(piece);
    }
    uploads.requested(peer, request, nowNanos);
  }

  /** How serving a block went. */
  void served(PeerState peer, Event.Served event, long nowNanos) {
    if (event.outcome() == Event.Served.Outcome.SENT) {
      peer.taker.given(event.request().piece());
      bridge.touched(event.request().piece(), nowNanos);
    }
    uploads.served(peer, event, nowNanos);
  }

  /** A peer has a piece more. */
  void have(PeerState peer, int piece, long nowNanos) {
    peer.taker.gained(piece, nowNanos);
    carry(bridge.gained(piece), nowNanos);
    piecesChanged(peer, nowNanos);
  }

  /** The message that opens our side: which pieces we have (BEP 3, BEP 6). */
  PeerMessage opening(boolean fast) {
    int pieces = ledger.geometry().pieces();
    if (fast && ledger.heldPieces().isEmpty()) {
      return new PeerMessage.HaveNone();
    }
    // A full bitfield rather than have-all: webtorrent cannot take back a piece after have-all.
    return fast && ledger.complete() && (pieces + 7) / 8 > MAX_BITFIELD_BYTES
        ? new PeerMessage.HaveAll()
        : new PeerMessage.Bitfield(PeerPieces.encode(ledger.heldPieces(), pieces));
  }

  /** A peer says that it has more, or fewer, pieces. */
  void piecesChanged(PeerState peer, long nowNanos) {
    interest.update(peer, nowNanos);
    refillOne(peer);
  }

  /** A peer no longer has a piece. */
  void pieceLost(PeerState peer, int piece, long nowNanos) {
    downloads.lost(peer, piece, nowNanos);
    interest.update(peer, nowNanos);
    refill = true;
  }

  void choked(PeerState peer, long nowNanos) {
    if (!peer.fast()) {
      downloads.dismissed(peer, nowNanos);
      askAnew(nowNanos);
    }
  }

  /** Blocks have come free: who gets those that a reader waits for should begin with them. */
  private void askAnew(long nowNanos) {
    windows.waitedFor(nowNanos).stream().forEach(piece -> hurry.makeWay(piece, nowNanos));
    refill = true;
  }

  void unchoked(PeerState peer) {
    peer.refused.clear();
    refillOne(peer);
  }

  void allowedFast(PeerState peer, int piece) {
    if (ledger.geometry().contains(piece)) {
      peer.allowedFast.set(piece);
      refillOne(peer);
    }
  }

  void block(PeerState peer, PeerMessage.Block block, long nowNanos) {
    downloads.arrived(peer, block, nowNanos);
    bridge.touched(block.piece(), nowNanos);
    refillOne(peer);
  }

  void rejected(PeerState peer, PeerMessage.RejectRequest reject, long nowNanos) {
    downloads.rejected(peer, reject, nowNanos);
    refill = true;
  }

  void left(PeerState peer, long nowNanos) {
    downloads.forget(peer, nowNanos);
    askAnew(nowNanos);
  }

  void hashed(Event.Hashed event, long nowNanos) {
    refill = true;
    if (event.intact() && ledger.state(event.piece()) == PieceState.VERIFYING) {
      bridge.verified(event.piece(), nowNanos);
    }
    if (!downloads.hashed(event)) {
      askAnew(nowNanos);
      return;
    }
    for (PeerState peer : peers.all()) {
      out.send(peer, new PeerMessage.Have(event.piece()));
    }
    if (ledger.complete()) {
      out.add(new Effect.Completed());
      interest.updateAll(nowNanos);
    }
  }

  /** The store has let go of a held piece. */
  void evicted(int piece, long nowNanos) {
    if (ledger.geometry().contains(piece) && ledger.held(piece) && !bridge.evicted(piece)) {
      lose(piece);
      windows.evicted(piece, nowNanos);
      windowsChanged(nowNanos);
    }
  }

  /** What stands under memory has a piece again; one that is being fetched comes all the same. */
  void returned(int piece, long nowNanos) {
    if (!ledger.geometry().contains(piece) || !ledger.absent(piece)) {
      return;
    }
    ledger.restore(piece);
    for (PeerState peer : peers.all()) {
      out.send(peer, new PeerMessage.Have(piece));
    }
    if (ledger.complete()) {
      out.add(new Effect.Completed());
    }
    interest.updateAll(nowNanos);
    refill = true;
  }

  private void lose(int piece) {
    ledger.lose(piece);
    uploads.lost(piece);
    lostOnce.set(piece);
    onLost.accept(piece);
    refill = true;
  }

  /** Does what follows from what the bridge began and ended. */
  private void carry(Bridge.Changes changes, long nowNanos) {
    if (!changes.unwanted.isEmpty()) {
      downloads.abandon(changes.unwanted, nowNanos);
    }
    changes.lost.forEach(this::lose);
    refill |= changes.begun;
  }

  void readerOpened(Event.ReaderOpened event, long nowNanos) {
    windows.open(
        event.reader(), event.first(), event.last(), event.patient(), event.file(), nowNanos);
    demandChanged(nowNanos);
  }

  void readerPaced(Event.ReaderPaced event, long nowNanos) {
    windows.pace(event.reader(), event.bytesPerSecond());
    windowsChanged(nowNanos);
  }

  void readerMoved(Event.ReaderMoved event, long nowNanos) {
    windows.move(event.reader(), event.piece(), nowNanos);
    windowsChanged(nowNanos);
  }

  void readerAsked(Event.ReaderAsked event, long nowNanos) {
    boolean far = windows.opening(event.reader()) || !windows.critical(event.piece());
    windows.ask(event.reader(), event.piece(), nowNanos);
    windowsChanged(nowNanos);
    if (ledger.held(event.piece())) {
      bridge.restore(event.piece());
    } else if (!windows.patient(event.reader())) {
      if (far) {
        hurry.makeWay(event.piece(), nowNanos);
      }
      BitSet patient = windows.patientlyWanted(nowNanos);
      hurry.makeWay(event.piece(), piece -> bridge.only(piece) || patient.get(piece), nowNanos);
    }
    callForPeers(nowNanos);
  }

  void readerSettled(Event.ReaderSettled event, long nowNanos) {
    windows.settle(event.reader(), event.piece(), nowNanos);
    windowsChanged(nowNanos);
  }

  void readerClosed(Event.ReaderClosed event, long nowNanos) {
    windows.close(event.reader(), nowNanos);
    demandChanged(nowNanos);
  }

  void keepWhole(boolean on, long nowNanos) {
    ledger.keepWhole(on);
    if (!on) {
      BitSet unwanted = new BitSet();
      assemblies.all().stream()
          .map(Assembly::piece)
          .filter(piece -> !ledger.wanted(piece))
          .forEach(unwanted::set);
      downloads.abandon(unwanted, nowNanos);
    }
    demandChanged(nowNanos);
  }

  private void demandChanged(long nowNanos) {
    windowsChanged(nowNanos);
    interest.updateAll(nowNanos);
  }

  private void windowsChanged(long nowNanos) {
    if (windows.hasUnwanted()) {
      downloads.abandon(windows.drainUnwanted(), nowNanos);
    }
    refill = true;
  }

  private void refillOne(PeerState peer) {
    if (refillOne != null && refillOne != peer) {
      refill = true;
    }
    refillOne = peer;
  }

  /** Asks for what has become possible or needful since the last call. */
  void settle(long nowNanos) {
    carry(bridge.review(nowNanos), nowNanos);
    if (refill) {
      picker.fillAll(nowNanos);
    } else if (refillOne != null) {
      picker.fill(refillOne, nowNanos);
    }
    refill = false;
    refillOne = null;
  }

  /** Whether anything is on its way, so that tenths of a second matter. */
  boolean busy() {
    return assemblies.count() > 0 || windows.lingers() || heldBack();
  }

  /** Whether something may wait for nothing but a rate. */
  private boolean heldBack() {
    boolean wanted = windows.count() > 0 || bridge.fetching() > 0 || ledger.keepWhole();
    return (wanted && down.limited()) || (up.limited() && uploads.waiting());
  }

  /** Whether somebody waits, so that seconds matter. */
  boolean waited() {
    return windows.anyWaiting() || isStuck();
  }

  /** Several times a second while {@link #busy}. */
  void tick(long nowNanos) {
    windows.expire(nowNanos);
    windowsChanged(nowNanos);
    downloads.tick(nowNanos);
    hurry.tick(nowNanos);
    uploads.pumpAll();
    callForPeers(nowNanos);
    refill = true;
  }

  /** Once a second. */
  void slowTick(long nowNanos) {
    uploads.tick(nowNanos);
    windows.share();
    windowsChanged(nowNanos);
    interest.updateAll(nowNanos);
    callForOthers(nowNanos);
  }

  /** Calls for peers although no reader waits, and less and less often. */
  private void callForOthers(long nowNanos) {
    if (!bridge.needsPeers() && !isStuck()) {
      othersCallNanos = OTHERS_CALL_NANOS;
    } else if (nowNanos - calledForOthersNanos >= othersCallNanos) {
      calledForOthersNanos = nowNanos;
      othersCallNanos = Math.min(2 * othersCallNanos, OTHERS_RAREST_CALL_NANOS);
      out.add(new Effect.NeedPeers());
    }
  }

  /** Whether all is to be fetched, and nobody has any of what is missing. */
  private boolean isStuck() {
    return ledger.keepWhole()
        && !ledger.complete()
        && peers.all().stream().noneMatch(peer -> peer.interesting);
  }

  private void callForPeers(long nowNanos) {
    ReaderWindow.Ask ask = windows.oldestWait();
    if (ask == null || nowNanos - calledNanos < CALL_NANOS) {
      return;
    }
    boolean nobody = peers.all().stream().noneMatch(peer -> peer.pieces.has(ask.piece()));
    if (nobody || nowNanos - ask.sinceNanos() > WAIT_NANOS) {
      calledNanos = nowNanos;
      out.add(new Effect.NeedPeers());
    }
  }
}
