package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.transport.PeerLink;
import io.sluice.wire.ExtendedHandshake;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.Handshake;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** A core that is stepped by hand, its invariants checked after each step. */
final class CoreRig {

  static final long SECOND = 1_000_000_000L;
  static final int BLOCK = PeerMessage.BLOCK_BYTES;
  static final InfoHash TORRENT = InfoHash.of(new byte[20]);

  final SwarmLimits limits;
  final PeerId ourId;
  final SwarmCore core;
  final List<Effect> effects = new ArrayList<>();
  long nowNanos;
  private int nextPeer;

  CoreRig(SwarmLimits limits) {
    this(limits, PeerId.random(new Random(1)));
  }

  CoreRig(SwarmLimits limits, PeerId ourId) {
    this.limits = limits;
    this.ourId = ourId;
    core =
        new SwarmCore(
            TORRENT,
            ourId,
            limits,
            new Random(2),
            new SharedBounds(1L << 40, RateLimits.NONE, () -> nowNanos),
            6881);
  }

  /** One whose metadata is known: pieces of so many blocks, of which some are held. */
  static CoreRig known(int pieces, int blocks, int... held) {
    return known(SwarmLimits.DEFAULT, pieces, blocks, held);
  }

  static CoreRig known(SwarmLimits limits, int pieces, int blocks, int... held) {
    CoreRig rig = new CoreRig(limits);
    rig.know(pieces, blocks, held);
    return rig;
  }

  void know(int pieces, int blocks, int... held) {
    know(false, pieces, blocks, held);
  }

  void know(boolean privateTorrent, int pieces, int blocks, int... held) {
    BitSet here = new BitSet();
    for (int piece : held) {
      here.set(piece);
    }
    PieceGeometry geometry = new PieceGeometry((long) pieces * blocks * BLOCK, blocks * BLOCK);
    step(new Event.MetadataKnown(geometry, ByteBuffer.wrap(new byte[100]), here, privateTorrent));
  }

  /** Steps, and keeps the effects of this step alone. */
  List<Effect> step(Event event) {
    effects.clear();
    effects.addAll(core.step(event, nowNanos));
    Invariants.check(core, limits);
    return effects;
  }

  List<Effect> pass(long nanos) {
    List<Effect> all = new ArrayList<>();
    for (long until = nowNanos + nanos; nowNanos < until; ) {
      nowNanos = Math.min(until, nowNanos + SECOND / 10);
      all.addAll(step(new Event.Tick()));
    }
    effects.clear();
    effects.addAll(all);
    return effects;
  }

  int join() {
    return join(PeerId.random(new Random(100 + nextPeer)), true, true);
  }

  int join(PeerId id, boolean fast, boolean initiatedHere) {
    int peer = nextPeer++;
    step(
        new Event.PeerJoined(
            peer,
            new Handshake(TORRENT, id, true, fast, false),
            PeerLink.Kind.WEBRTC,
            initiatedHere,
            "peer " + peer,
            Optional.empty()));
    return peer;
  }

  List<Effect> say(int peer, PeerMessage message) {
    return step(new Event.PeerSaid(peer, message));
  }

  /** A peer that has all pieces and does not choke us. */
  int seed() {
    int peer = join();
    say(peer, new PeerMessage.HaveAll());
    say(peer, new PeerMessage.Unchoke());
    return peer;
  }

  /** The peer says that it has metadata of a length. */
  void greet(int peer, int metadataBytes) {
    say(
        peer,
        new PeerMessage.Extended(
            0,
            ExtensionCodec.encode(
                new ExtendedHandshake(
                    Map.of(ExtendedHandshake.UT_METADATA, 3, ExtendedHandshake.LT_DONTHAVE, 4),
                    metadataBytes == 0 ? OptionalInt.empty() : OptionalInt.of(metadataBytes),
                    OptionalInt.empty(),
                    Optional.of("rig"),
                    OptionalInt.of(100)))));
  }

  List<Effect> give(int peer, int piece, int block) {
    return say(
        peer,
        new PeerMessage.Block(piece, block * BLOCK, ByteBuffer.allocate(BLOCK).asReadOnlyBuffer()));
  }

  List<Effect> hashed(int piece, boolean intact) {
    return step(new Event.Hashed(piece, intact, Optional.empty()));
  }

  /** What the last step sent to a peer. */
  List<PeerMessage> sent(int peer) {
    return effects.stream()
        .filter(Effect.Send.class::isInstance)
        .map(Effect.Send.class::cast)
        .filter(send -> send.peer() == peer)
        .map(Effect.Send::message)
        .toList();
  }

  /** The pieces and blocks that the last step asked a peer for, as {@code piece/block}. */
  List<String> asked(int peer) {
    return sent(peer).stream()
        .filter(PeerMessage.Request.class::isInstance)
        .map(PeerMessage.Request.class::cast)
        .map(request -> request.piece() + "/" + request.begin() / BLOCK)
        .toList();
  }

  /** Why the last step closed a peer, if it did. */
  Optional<String> closed(int peer) {
    return effects.stream()
        .filter(Effect.Close.class::isInstance)
        .map(Effect.Close.class::cast)
        .filter(close -> close.peer() == peer)
        .map(Effect.Close::reason)
        .findFirst();
  }

  PieceState state(int piece) {
    return core.content().orElseThrow().ledger().state(piece);
  }

  PeerState peer(int key) {
    PeerState peer = core.peerTable().find(key);
    if (peer == null) {
      throw new AssertionError("peer " + key + " is not here");
    }
    return peer;
  }
}
