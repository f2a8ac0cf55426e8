package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import io.sluice.wire.Client;
import io.sluice.wire.ExtendedHandshake;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.MetadataMessage;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The extension protocol (BEP 10) of one torrent. Guarantees that a peer is sent only extensions
 * that it listed, under its own ids, and metadata only so often.
 *
 * <p>Confined to the swarm loop.
 */
final class Extensions {

  /** The ids under which we want to be written to. */
  static final int OUR_METADATA_ID = 1;

  static final int OUR_DONT_HAVE_ID = 2;

  /** Times that a peer may have the whole metadata. */
  private static final int METADATA_TIMES = 5;

  private final SwarmLimits limits;
  private final Outbox out;
  private final PeerExchanges exchanges;
  private final int listenPort;
  private boolean privateTorrent;
  private @Nullable ByteBuffer rawInfo;

  /**
   * @param listenPort where peers reach us over TCP; 0 when they cannot
   */
  Extensions(SwarmLimits limits, Outbox out, PeerExchanges exchanges, int listenPort) {
    this.exchanges = exchanges;
    this.limits = limits;
    this.out = out;
    this.listenPort = listenPort;
  }

  /** The metadata is known from now on. */
  void know(ByteBuffer raw, boolean isPrivate) {
    privateTorrent = isPrivate;
    rawInfo = raw.asReadOnlyBuffer();
  }

  /** Sends our extended handshake, if the peer speaks BEP 10. */
  void greet(PeerState peer) {
    if (!peer.extensions()) {
      return;
    }
    ByteBuffer raw = rawInfo;
    Map<String, Integer> ids = new HashMap<>();
    ids.put(ExtendedHandshake.UT_METADATA, OUR_METADATA_ID);
    ids.put(ExtendedHandshake.LT_DONTHAVE, OUR_DONT_HAVE_ID);
    if (exchanges.offeredTo(peer)) {
      // A later handshake adds to an earlier one: what was offered has to be taken back.
      ids.put(ExtendedHandshake.UT_PEX, privateTorrent ? 0 : PeerExchanges.OUR_ID);
    }
    if (privateTorrent && !peer.wasOfferedPex) {
      ids.remove(ExtendedHandshake.UT_PEX);
    }
    peer.wasOfferedPex = ids.containsKey(ExtendedHandshake.UT_PEX);
    ExtendedHandshake ours =
        new ExtendedHandshake(
            ids,
            raw == null ? OptionalInt.empty() : OptionalInt.of(raw.remaining()),
            portFor(peer),
            Optional.of(Client.NAME),
            OptionalInt.of(limits.uploadQueue()));
    out.send(peer, new PeerMessage.Extended(0, ExtensionCodec.encode(ours)));
  }

  /** Only one that we dialled does not know it, and only over TCP is it of use. */
  private OptionalInt portFor(PeerState peer) {
    return listenPort > 0 && peer.identity().kind() == PeerLink.Kind.TCP
        ? OptionalInt.of(listenPort)
        : OptionalInt.empty();
  }

  /** Takes in a peer's handshake; a later one adds to an earlier one. */
  void greeted(PeerState peer, ExtendedHandshake theirs) {
    peer.metadataId = theirs.ids().getOrDefault(ExtendedHandshake.UT_METADATA, peer.metadataId);
    peer.dontHaveId = theirs.ids().getOrDefault(ExtendedHandshake.LT_DONTHAVE, peer.dontHaveId);
    peer.talk.id = theirs.ids().getOrDefault(ExtendedHandshake.UT_PEX, peer.talk.id);
    theirs.port().ifPresent(port -> peer.listenPort = port);
    theirs.metadataBytes().ifPresent(bytes -> peer.metadataBytes = bytes);
    theirs.client().ifPresent(name -> peer.client = name);
    theirs.requestQueue().ifPresent(count -> peer.requestQueue = count);
  }

  /** A peer tells of others (BEP 11). */
  void heardOfPeers(PeerState peer, ByteBuffer payload, long nowNanos) {
    if (!privateTorrent) {
      exchanges.heard(peer, payload, nowNanos);
    }
  }

  /** Once a second: tells peers of others, of a torrent that is known and public. */
  void tick(int pieces, long nowNanos) {
    if (rawInfo != null && !privateTorrent) {
      exchanges.tick(pieces, nowNanos);
    }
  }

  /** Sends a message of ut_metadata, if the peer listed it. */
  void send(PeerState peer, MetadataMessage message) {
    if (peer.metadataId > 0) {
      out.send(peer, new PeerMessage.Extended(peer.metadataId, ExtensionCodec.encode(message)));
    }
  }

  /** Tells a peer that we no longer have a piece (BEP 54), if it listed that. */
  void dontHave(PeerState peer, int piece) {
    if (peer.dontHaveId > 0) {
      out.send(
          peer, new PeerMessage.Extended(peer.dontHaveId, ExtensionCodec.encodeDontHave(piece)));
    }
  }

  /** Answers a request for a chunk of metadata. */
  void share(PeerState peer, int chunk) {
    ByteBuffer raw = rawInfo;
    if (raw == null) {
      send(peer, new MetadataMessage.Reject(chunk));
      return;
    }
    int total = raw.remaining();
    int chunks = (total - 1) / MetadataMessage.PIECE_BYTES + 1;
    if (chunk < 0 || chunk >= chunks || peer.metadataGiven >= METADATA_TIMES * chunks) {
      send(peer, new MetadataMessage.Reject(chunk));
      return;
    }
    peer.metadataGiven++;
    int begin = chunk * MetadataMessage.PIECE_BYTES;
    ByteBuffer part =
        raw.slice(begin, Math.min(MetadataMessage.PIECE_BYTES, total - begin)).asReadOnlyBuffer();
    send(peer, new MetadataMessage.Data(chunk, total, part));
  }
}
