package io.sluice.swarm;

import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.InfoHash;
import io.sluice.wire.MetadataMessage;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One torrent's session as a pure step function: events in, effects out, the clock an argument, all
 * chance from a generator that was handed in. It does no I/O, so that a whole swarm runs in a test
 * without a socket and without waiting.
 *
 * <p>Time is in nanoseconds from a beginning of its owner's choice, never negative and never going
 * back. Confined to one thread at a time.
 */
final class SwarmCore {

  private static final long SECOND = 1_000_000_000L;
  private static final long FAST_TICK_NANOS = SECOND / 10;
  private static final long KEEP_ALIVE_NANOS = 55 * SECOND;
  private static final long SILENCE_NANOS = 170 * SECOND;

  /** No tick is due. */
  static final long NEVER = Long.MAX_VALUE;

  private final InfoHash infoHash;
  private final SwarmLimits limits;
  private final RandomGenerator random;
  private final SharedBounds shared;
  private final Totals totals = new Totals();
  private final Outbox out = new Outbox();
  private final DecisionLog log = new DecisionLog(out::nowNanos);
  private final PeerTable peers;
  private final Choker choker;
  private final Extensions extensions;
  private final Metadata metadata;
  private @Nullable Content content;
  private boolean keepWhole;
  private long tickedNanos;
  private long slowTickedNanos;

  /**
   * @param listenPort where peers reach us over TCP; 0 when they cannot
   */
  SwarmCore(
      InfoHash infoHash,
      PeerId ourId,
      SwarmLimits limits,
      RandomGenerator random,
      SharedBounds shared,
      int listenPort) {
    this.infoHash = infoHash;
    this.limits = limits;
    this.random = random;
    this.shared = shared;
    peers = new PeerTable(ourId, limits, totals, out);
    choker = new Choker(limits, peers, out);
    extensions =
        new Extensions(limits, out, new PeerExchanges(peers, out, limits.pex()), listenPort);
    metadata = new Metadata(peers, random, extensions::send, out);
  }

  /** Takes in what happened and says what to do about it, in order. */
  List<Effect> step(Event event, long nowNanos) {
    out.begin(nowNanos);
    take(event, nowNanos);
    tickIfDue(nowNanos);
    settle(nowNanos);
    return out.effects();
  }

  /** When a {@link Event.Tick} is due at the latest, or {@link #NEVER}. */
  long nextTickNanos() {
    Content pieces = content;
    if (pieces != null && pieces.busy()) {
      return tickedNanos + FAST_TICK_NANOS;
    }
    boolean timed = peers.count() > 0 || (pieces != null && pieces.waited());
    return timed ? tickedNanos + SECOND : NEVER;
  }

  private void take(Event event, long nowNanos) {
    switch (event) {
      case Event.PeerJoined joined -> join(joined, nowNanos);
      case Event.PeerSaid(int peer, PeerMessage message) -> hear(peer, message, nowNanos);
      case Event.PeerGone(int peer) -> peers.gone(peer);
      case Event.MetadataKnown known -> know(known, nowNanos);
      case Event.MetadataWrong() -> metadata.wrong(nowNanos);
      case Event.KeepWhole(boolean on) -> {
        keepWhole = on;
        ifKnown(pieces -> pieces.keepWhole(on, nowNanos));
      }
      case Event.Evicted(int piece) -> ifKnown(pieces -> pieces.evicted(piece, nowNanos));
      case Event.Returned(int piece) -> ifKnown(pieces -> pieces.returned(piece, nowNanos));
      case Event.PeerWritable(int peer) -> forPeer(peer, (c, p) -> c.uploads().writable(p));
      case Event.Served served -> forPeer(served.peer(), (c, p) -> c.served(p, served, nowNanos));
      case Event.Hashed hashed -> ifKnown(pieces -> pieces.hashed(hashed, nowNanos));
      case Event.ReaderOpened opened -> ifKnown(pieces -> pieces.readerOpened(opened, nowNanos));
      case Event.ReaderPaced paced -> ifKnown(pieces -> pieces.readerPaced(paced, nowNanos));
      case Event.ReaderMoved moved -> ifKnown(pieces -> pieces.readerMoved(moved, nowNanos));
      case Event.ReaderAsked asked -> ifKnown(pieces -> pieces.readerAsked(asked, nowNanos));
      case Event.ReaderSettled done -> ifKnown(pieces -> pieces.readerSettled(done, nowNanos));
      case Event.ReaderClosed closed -> ifKnown(pieces -> pieces.readerClosed(closed, nowNanos));
      case Event.Tick() -> {}
    }
  }

  private interface WithPeer {
    void run(Content content, PeerState peer);
  }

  private void forPeer(int key, WithPeer action) {
    PeerState peer = peers.find(key);
    Content pieces = content;
    if (peer != null && pieces != null) {
      action.run(pieces, peer);
    }
  }

  private void ifKnown(Consumer<Content> action) {
    Content pieces = content;
    if (pieces != null) {
      action.accept(pieces);
    }
  }

  private void join(Event.PeerJoined joined, long nowNanos) {
    if (!joined.remote().infoHash().equals(infoHash)) {
      out.add(new Effect.Close(joined.peer(), "another torrent"));
      return;
    }
    PeerState peer = peers.join(joined, nowNanos);
    if (peer == null) {
      return;
    }
    Content pieces = content;
    if (pieces != null) {
      peer.pieces.learn(pieces.ledger().geometry().pieces());
      out.send(peer, pieces.opening(peer.fast()));
    } else if (peer.fast()) {
      // Silence would make webtorrent take us for a seeder.
      out.send(peer, new PeerMessage.HaveNone());
    }
    extensions.greet(peer);
  }

  private void know(Event.MetadataKnown known, long nowNanos) {
    if (content != null) {
      return;
    }
    Content pieces =
        new Content(
            known.geometry(),
            known.held(),
            limits,
            peers,
            totals,
            out,
            random,
            shared,
            log,
            piece -> peers.all().forEach(peer -> extensions.dontHave(peer, piece)));
    content = pieces;
    extensions.know(known.rawInfo(), known.privateTorrent());
    pieces.keepWhole(keepWhole, nowNanos);
    for (PeerState peer : peers.all()) {
      try {
        peer.pieces.learn(known.geometry().pieces());
      } catch (WireException mismatch) {
        peers.offend(peer, String.valueOf(mismatch.getMessage()));
        continue;
      }
      // webtorrent asks for metadata only after a handshake that names its length.
      extensions.greet(peer);
      known.held().stream().forEach(piece -> out.send(peer, new PeerMessage.Have(piece)));
      pieces.piecesChanged(peer, nowNanos);
    }
  }

  private void hear(int key, PeerMessage message, long nowNanos) {
    PeerState peer = peers.find(key);
    if (peer == null) {
      return;
    }
    peer.lastHeardNanos = nowNanos;
    try {
      hear(peer, message, nowNanos);
    } catch (WireException malformed) {
      peers.offend(peer, String.valueOf(malformed.getMessage()));
    }
  }

  private void hear(PeerState peer, PeerMessage message, long nowNanos) {
    switch (message) {
      case PeerMessage.KeepAlive() -> {}
      case PeerMessage.Choke() -> {
        peer.choked = true;
        ifKnown(pieces -> pieces.choked(peer, nowNanos));
      }
      case PeerMessage.Unchoke() -> {
        peer.choked = false;
        ifKnown(pieces -> pieces.unchoked(peer));
      }
      case PeerMessage.Interested() -> {
        if (choker.interested(peer, nowNanos)) {
          ifKnown(pieces -> pieces.uploads().choked(peer));
        }
      }
      case PeerMessage.NotInterested() -> {
        peer.interested = false;
        choker.slotFreed(nowNanos);
      }
      case PeerMessage.Have(int piece) -> {
        peer.pieces.have(piece);
        ifKnown(pieces -> pieces.have(peer, piece, nowNanos));
      }
      case PeerMessage.Bitfield(ByteBuffer bits) -> {
        peer.pieces.bitfield(bits);
        piecesSaid(peer, nowNanos);
      }
      case PeerMessage.HaveAll() -> {
        needFast(peer);
        peer.pieces.haveAll();
        piecesSaid(peer, nowNanos);
      }
      case PeerMessage.HaveNone() -> {
        needFast(peer);
        peer.pieces.haveNone();
        ifKnown(pieces -> pieces.piecesChanged(peer, nowNanos));
      }
      case PeerMessage.Request request -> requested(peer, request, nowNanos);
      case PeerMessage.Cancel cancel -> ifKnown(pieces -> pieces.uploads().cancelled(peer, cancel));
      case PeerMessage.Block block -> ifKnown(pieces -> pieces.block(peer, block, nowNanos));
      case PeerMessage.RejectRequest reject -> {
        needFast(peer);
        ifKnown(pieces -> pieces.rejected(peer, reject, nowNanos));
      }
      case PeerMessage.AllowedFast(int piece) -> {
        needFast(peer);
        ifKnown(pieces -> pieces.allowedFast(peer, piece));
      }
      case PeerMessage.SuggestPiece(_) -> needFast(peer);
      case PeerMessage.Extended(int id, ByteBuffer payload) ->
          extended(peer, id, payload, nowNanos);
      case PeerMessage.Port(_), PeerMessage.Unknown(_, _) -> {}
    }
  }

  /**
   * Somebody wants the torrent, or nobody would ask what it is: until that is known whoever has
   * pieces is of interest, so that it unchokes us meanwhile.
   */
  private void piecesSaid(PeerState peer, long nowNanos) {
    ifKnown(pieces -> pieces.piecesChanged(peer, nowNanos));
    if (content == null && !peer.interesting && peer.pieces.any()) {
      peer.interesting = true;
      out.send(peer, new PeerMessage.Interested());
    }
  }

  /** BEP 6: these messages are allowed only where both sides speak the fast extension. */
  private static void needFast(PeerState peer) {
    if (!peer.fast()) {
      throw new WireException("a message of the fast extension, which was not agreed on");
    }
  }

  private void requested(PeerState peer, PeerMessage.Request request, long nowNanos) {
    Content pieces = content;
    if (pieces != null) {
      pieces.requested(peer, request, nowNanos);
    } else if (peer.fast()) {
      out.send(
          peer, new PeerMessage.RejectRequest(request.piece(), request.begin(), request.length()));
    }
  }

  private void extended(PeerState peer, int id, ByteBuffer payload, long nowNanos) {
    switch (id) {
      case 0 -> {
        extensions.greeted(peer, ExtensionCodec.decodeHandshake(payload));
        pumpMetadata(nowNanos);
      }
      case Extensions.OUR_METADATA_ID ->
          metadata(peer, ExtensionCodec.decodeMetadata(payload), nowNanos);
      case Extensions.OUR_DONT_HAVE_ID -> {
        int piece = ExtensionCodec.decodeDontHave(payload);
        peer.pieces.lost(piece);
        ifKnown(pieces -> pieces.pieceLost(peer, piece, nowNanos));
      }
      case PeerExchanges.OUR_ID -> extensions.heardOfPeers(peer, payload, nowNanos);
      default -> peers.strike(peer, "sent extensions that were not offered");
    }
  }

  private void metadata(PeerState peer, MetadataMessage message, long nowNanos) {
    switch (message) {
      case MetadataMessage.Request(int chunk) -> extensions.share(peer, chunk);
      case MetadataMessage.Data data -> {
        if (content == null) {
          metadata.data(peer, data, nowNanos);
        }
      }
      case MetadataMessage.Reject(int chunk) -> {
        if (content == null) {
          metadata.rejected(peer, chunk, nowNanos);
        }
      }
      case MetadataMessage.Unknown _ -> {}
    }
  }

  private void pumpMetadata(long nowNanos) {
    if (content == null) {
      metadata.pump(nowNanos);
    }
  }

  private void tickIfDue(long nowNanos) {
    if (nowNanos - tickedNanos >= FAST_TICK_NANOS) {
      tickedNanos = nowNanos;
      ifKnown(pieces -> pieces.tick(nowNanos));
    }
    if (nowNanos - slowTickedNanos >= SECOND) {
      slowTickedNanos = nowNanos;
      slowTick(nowNanos);
    }
  }

  private void slowTick(long nowNanos) {
    pumpMetadata(nowNanos);
    for (PeerState peer : choker.tick(nowNanos)) {
      ifKnown(pieces -> pieces.uploads().choked(peer));
    }
    ifKnown(
        pieces -> {
          pieces.slowTick(nowNanos);
          extensions.tick(pieces.ledger().geometry().pieces(), nowNanos);
        });
    for (PeerState peer : peers.all()) {
      if (nowNanos - peer.lastHeardNanos > SILENCE_NANOS) {
        peers.close(peer, "silent for too long");
      } else if (nowNanos - peer.lastSentNanos > KEEP_ALIVE_NANOS) {
        out.send(peer, new PeerMessage.KeepAlive());
      }
    }
  }

  /** Lets go of peers that left in this step, until none is left over, and asks for more. */
  private void settle(long nowNanos) {
    for (List<PeerState> leaving = peers.drainLeaving();
        !leaving.isEmpty();
        leaving = peers.drainLeaving()) {
      for (PeerState peer : leaving) {
        ifKnown(pieces -> pieces.left(peer, nowNanos));
        if (content == null) {
          metadata.gone(peer, nowNanos);
        }
        choker.slotFreed(nowNanos);
      }
    }
    ifKnown(pieces -> pieces.settle(nowNanos));
  }

  /** The pieces, once they are known. */
  Optional<Content> content() {
    return Optional.ofNullable(content);
  }

  /** Safe for any thread. */
  DecisionLog log() {
    return log;
  }

  /** For looking at, not for changing. */
  PeerTable peerTable() {
    return peers;
  }

  SwarmStatus status(SwarmStatus.Phase phase, Optional<String> error, long nowNanos) {
    Content pieces = content;
    int webrtc = 0;
    int tcp = 0;
    int webSeeds = 0;
    for (PeerState peer : peers.all()) {
      switch (peer.identity().kind()) {
        case WEBRTC -> webrtc++;
        case TCP -> tcp++;
        case WEB_SEED -> webSeeds++;
        case MEMORY -> {}
      }
    }
    return new SwarmStatus(
        phase,
        error,
        pieces == null ? 0 : pieces.ledger().heldBytes(),
        pieces == null ? 0 : pieces.ledger().geometry().totalBytes(),
        webrtc,
        tcp,
        webSeeds,
        totals.down.total(),
        totals.up.total(),
        totals.down.bytesPerSecond(nowNanos),
        totals.up.bytesPerSecond(nowNanos),
        totals.wasted,
        pieces == null ? 0 : pieces.windows().count());
  }

  List<PeerStatus> peers(long nowNanos) {
    Content known = content;
    int pieces = known == null ? 0 : known.ledger().geometry().pieces();
    List<PeerStatus> all = new ArrayList<>();
    for (PeerState peer : peers.all()) {
      all.add(peer.status(pieces, nowNanos));
    }
    return all;
  }

  /** Gives back what is shared with other sessions; nothing is done after that. */
  void close() {
    ifKnown(pieces -> pieces.bridge().close());
  }

  /** Peers that were closed for what they did wrong. */
  long offenders() {
    return totals.offenders;
  }
}
