package io.sluice.swarm;

import static org.assertj.core.api.Assertions.fail;

import io.sluice.transport.PeerLink;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.PeerExchange;
import io.sluice.wire.PeerExchangeCodec;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessage.Request;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a simulated peer and the core have said to each other, as far as it has arrived: checks that
 * the core sends only what a strict peer accepts.
 */
final class SimRecord {

  private static final long SECOND = 1_000_000_000L;

  private final SimPeer peer;
  private final SimSwarm swarm;
  private boolean opened;
  private long pexNanos = -100 * SECOND;

  // What of this peer's words has reached the core.
  private boolean heardChoking = true;
  private final BitSet heardPieces = new BitSet();
  private final Map<Request, Integer> outstanding = new HashMap<>();
  private final Set<Request> cancelled = new HashSet<>();

  SimRecord(SimPeer peer, SimSwarm swarm) {
    this.peer = peer;
    this.swarm = swarm;
  }

  /** Keeps a record of what the core has been told. */
  void heard(PeerMessage message) {
    switch (message) {
      case PeerMessage.Choke() -> {
        heardChoking = true;
        if (!peer.fast) {
          outstanding.clear();
        }
      }
      case PeerMessage.Unchoke() -> heardChoking = false;
      case PeerMessage.Have(int piece) -> heardPieces.set(Math.min(piece, 1 << 20));
      case PeerMessage.HaveAll() -> heardPieces.set(0, swarm.geometry.pieces());
      case PeerMessage.HaveNone() -> heardPieces.clear();
      case PeerMessage.Bitfield(ByteBuffer bits) -> {
        for (int piece = 0; piece < swarm.geometry.pieces(); piece++) {
          heardPieces.set(piece, (bits.get(piece / 8) & (0x80 >> piece % 8)) != 0);
        }
      }
      case PeerMessage.Block(int piece, int begin, ByteBuffer bytes) ->
          outstanding.remove(new Request(piece, begin, bytes.remaining()));
      case PeerMessage.RejectRequest(int piece, int begin, int length) ->
          outstanding.remove(new Request(piece, begin, length));
      case PeerMessage.Extended(int extension, ByteBuffer payload) -> {
        if (extension == Extensions.OUR_DONT_HAVE_ID) {
          int piece = ExtensionCodec.decodeDontHave(payload.duplicate());
          heardPieces.clear(piece);
        }
      }
      default -> {}
    }
  }

  /** The core may ask only for what it was told of, unchoked, and nothing twice. */
  void checkSent(PeerMessage message) {
    if (!opened && !(message instanceof PeerMessage.Extended)) {
      boolean opening =
          message instanceof PeerMessage.Bitfield
              || message instanceof PeerMessage.HaveNone
              || message instanceof PeerMessage.HaveAll;
      if (!opening && (peer.fast || swarm.metadataKnownAtJoin(peer.key))) {
        fail("%s before a bitfield", message);
      }
      opened = true;
    }
    switch (message) {
      case Request request -> {
        if (heardChoking) {
          fail("%s to a peer that chokes", request);
        }
        if (!heardPieces.get(request.piece())) {
          fail("%s to a peer that has not the piece", request);
        }
        if (outstanding.put(request, 1) != null) {
          fail("%s was sent twice", request);
        }
      }
      case PeerMessage.Cancel(int piece, int begin, int length) -> {
        Request request = new Request(piece, begin, length);
        // After a cancel and a second request nobody can tell which of them a rejection answers.
        if (outstanding.remove(request) == null && !cancelled.contains(request)) {
          fail("%s of nothing", message);
        }
        cancelled.add(request);
      }
      case PeerMessage.RejectRequest _,
          PeerMessage.HaveAll _,
          PeerMessage.HaveNone _,
          PeerMessage.AllowedFast _,
          PeerMessage.SuggestPiece _ -> {
        if (!peer.fast) {
          fail("%s to a peer without the peer.fast extension", message);
        }
      }
      case PeerMessage.Extended(int extension, ByteBuffer payload) -> {
        if (extension == SimPeer.PEX_ID) {
          checkExchange(payload);
        }
        if (!peer.extensions
            || (extension != 0
                && extension != SimPeer.METADATA_ID
                && extension != SimPeer.DONT_HAVE_ID
                && extension != SimPeer.PEX_ID)) {
          fail("%s to a peer that has not offered it", message);
        }
      }
      default -> {}
    }
  }

  /** BEP 11: not too often, not too much, and only who can be dialled over TCP. */
  private void checkExchange(ByteBuffer payload) {
    PeerExchange message = PeerExchangeCodec.decode(payload);
    if (swarm.clock.nowNanos() - pexNanos < 65 * SECOND || message.dropped().size() > 50) {
      fail("%s came too soon, or drops too many", message);
    }
    if (message.added().size() > 50 || peer.kind != PeerLink.Kind.TCP || swarm.privateTorrent) {
      fail("%s to a %s peer", message, peer.kind);
    }
    message.added().forEach(each -> swarm.checkExchanged(peer.key, each.address()));
    pexNanos = swarm.clock.nowNanos();
    swarm.exchanges++;
  }
}
