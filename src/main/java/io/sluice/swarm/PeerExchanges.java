package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerExchange;
import io.sluice.wire.PeerExchangeCodec;
import io.sluice.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Peer exchange (BEP 11) with the peers over TCP. Guarantees that a peer is told at most every 65
 * s, of at most {@link PeerExchange#MAX_PEERS} peers, of none but such as can be dialled over TCP,
 * and of nothing at all when the torrent is private (BEP 27) or not known yet.
 *
 * <p>Confined to the swarm loop.
 */
final class PeerExchanges {

  private static final long SECOND = 1_000_000_000L;

  /** The id under which we want to be written to. */
  static final int OUR_ID = 3;

  /** webtorrent ends a connection on which two come within 60 s. */
  static final long SEND_NANOS = 65 * SECOND;

  private static final long FIRST_NANOS = 5 * SECOND;

  /** What comes more often than this is not looked at; others' clocks are a bit off the minute. */
  private static final long HEAR_NANOS = 45 * SECOND;

  /** What is remembered of a peer's exchange. */
  static final class Talk {
    /** Under which it wants to be written to; 0 when it does not. */
    int id;

    private long sentNanos = Long.MIN_VALUE;
    private long heardNanos = Long.MIN_VALUE;

    /** Whom it was told of and may believe to be connected. */
    private final Set<InetSocketAddress> told = new HashSet<>();
  }

  private final PeerTable peers;
  private final Outbox out;
  private final boolean enabled;

  PeerExchanges(PeerTable peers, Outbox out, boolean enabled) {
    this.peers = peers;
    this.out = out;
    this.enabled = enabled;
  }

  /** Whether a peer is told that we take messages; asked until the torrent turns out private. */
  boolean offeredTo(PeerState peer) {
    return enabled && peer.identity().kind() == PeerLink.Kind.TCP;
  }

  /** A peer tells of others; of a public torrent, or one that is not known yet. */
  void heard(PeerState peer, ByteBuffer payload, long nowNanos) {
    if (!offeredTo(peer)) {
      peers.strike(peer, "sent extensions that were not offered");
      return;
    }
    PeerExchange message = PeerExchangeCodec.decode(payload);
    if (peer.talk.heardNanos != Long.MIN_VALUE && nowNanos - peer.talk.heardNanos < HEAR_NANOS) {
      peers.strike(peer, "sent peers too often");
      return;
    }
    peer.talk.heardNanos = nowNanos;
    List<InetSocketAddress> found =
        message.added().stream().map(PeerExchange.Peer::address).distinct().toList();
    if (!found.isEmpty()) {
      out.add(new Effect.PeersFound(found));
    }
  }

  /** Tells peers of others, when it is time; about once a second, of a public torrent. */
  void tick(int pieces, long nowNanos) {
    if (!enabled) {
      return;
    }
    Map<InetSocketAddress, Integer> all = null;
    for (PeerState peer : peers.all()) {
      if (due(peer, nowNanos)) {
        all = all == null ? reachable(pieces) : all;
        tell(peer, all, nowNanos);
      }
    }
  }

  private boolean due(PeerState peer, long nowNanos) {
    return peer.talk.id > 0
        && offeredTo(peer)
        && nowNanos - peer.joinedNanos >= FIRST_NANOS
        && (peer.talk.sentNanos == Long.MIN_VALUE || nowNanos - peer.talk.sentNanos >= SEND_NANOS);
  }

  /** Where peers listen for others over TCP, as far as that is known, with their flags. */
  private Map<InetSocketAddress, Integer> reachable(int pieces) {
    Map<InetSocketAddress, Integer> all = new LinkedHashMap<>();
    for (PeerState peer : peers.all()) {
      int flags =
          (peer.pieces.count() == pieces ? PeerExchange.SEED : 0)
              | (peer.initiatedHere() ? PeerExchange.REACHABLE : 0);
      peer.listensAt().ifPresent(address -> all.put(address, flags));
    }
    return all;
  }

  private void tell(PeerState peer, Map<InetSocketAddress, Integer> all, long nowNanos) {
    Set<InetSocketAddress> told = peer.talk.told;
    InetSocketAddress itself = peer.listensAt().orElse(null);
    List<PeerExchange.Peer> added = new ArrayList<>();
    all.forEach(
        (address, flags) -> {
          if (added.size() < PeerExchange.MAX_PEERS
              && !address.equals(itself)
              && !told.contains(address)) {
            added.add(new PeerExchange.Peer(address, flags));
          }
        });
    List<InetSocketAddress> dropped =
        told.stream()
            .filter(address -> !all.containsKey(address))
            .limit(PeerExchange.MAX_PEERS)
            .toList();
    if (added.isEmpty() && dropped.isEmpty()) {
      return;
    }
    added.forEach(each -> told.add(each.address()));
    dropped.forEach(told::remove);
    peer.talk.sentNanos = nowNanos;
    out.send(
        peer,
        new PeerMessage.Extended(
            peer.talk.id, PeerExchangeCodec.encode(new PeerExchange(added, dropped))));
  }
}
