package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connected peers, bounded. Invariant: no two have the same peer id, none has ours, and none is
 * banned.
 *
 * <p>Confined to the swarm loop.
 */
final class PeerTable {

  private static final long SECOND = 1_000_000_000L;

  /** Of two links to one peer the older yields when it was silent for so long. */
  private static final long STALE_NANOS = 75 * SECOND;

  private static final int MAX_BANS = 10_000;

  /**
   * So many strikes are forgiven; duplicates and answers that cross a cancel are nobody's fault.
   */
  private static final int STRIKES = 2_000;

  private final PeerId ourId;
  private final SwarmLimits limits;
  private final Totals totals;
  private final Outbox out;
  private final Map<Integer, PeerState> byKey = new LinkedHashMap<>();
  private final Map<PeerId, PeerState> byId = new HashMap<>();
  private final Set<Object> banned = new LinkedHashSet<>();
  private final List<PeerState> leaving = new ArrayList<>();
  private List<PeerState> all = List.of();

  PeerTable(PeerId ourId, SwarmLimits limits, Totals totals, Outbox out) {
    this.ourId = ourId;
    this.limits = limits;
    this.totals = totals;
    this.out = out;
  }

  /** All peers, the oldest first; a list that later changes do not touch. */
  List<PeerState> all() {
    return all;
  }

  int count() {
    return all.size();
  }

  @Nullable PeerState find(int key) {
    return byKey.get(key);
  }

  /** Lets a peer in, or closes its link and returns null. */
  @Nullable PeerState join(Event.PeerJoined event, long nowNanos) {
    PeerId id = event.remote().peerId();
    PeerIdentity identity = new PeerIdentity(event.peer(), id, event.kind(), event.address());
    String refusal = refusal(event, identity, nowNanos);
    if (refusal != null) {
      out.add(new Effect.Close(event.peer(), refusal));
      return null;
    }
    PeerState peer =
        new PeerState(
            identity,
            event.remote(),
            event.initiatedHere(),
            event.remoteAddress(),
            limits,
            nowNanos);
    byKey.put(peer.key(), peer);
    byId.put(id, peer);
    all = List.copyOf(byKey.values());
    return peer;
  }

  private @Nullable String refusal(Event.PeerJoined event, PeerIdentity newcomer, long nowNanos) {
    if (newcomer.id().equals(ourId)) {
      return "it is this gateway itself";
    }
    if (isBanned(newcomer)) {
      return "banned";
    }
    PeerState twin = byId.get(newcomer.id());
    if (twin != null) {
      if (keepsOld(twin, event.initiatedHere(), nowNanos)) {
        return "connected already";
      }
      close(twin, "connected anew");
    }
    if (byKey.size() >= limits.maxPeers() && !makeRoom(nowNanos)) {
      return "too many peers";
    }
    return null;
  }

  /** Between two of our own kind both ends must choose the same link; else the first one stays. */
  private boolean keepsOld(PeerState old, boolean initiatedHere, long nowNanos) {
    PeerId id = old.identity().id();
    if (id.isSluice() && old.initiatedHere() != initiatedHere) {
      boolean oursIsLarger = ourId.compareTo(id) > 0;
      return old.initiatedHere() == oursIsLarger;
    }
    return nowNanos - old.lastHeardNanos < STALE_NANOS;
  }

  /** Closes the peer that has been of no use to either side for longest. */
  private boolean makeRoom(long nowNanos) {
    PeerState idlest = null;
    for (PeerState peer : all) {
      if (!peer.interested
          && !peer.interesting
          && nowNanos - peer.joinedNanos > 60 * SECOND
          && (idlest == null || peer.joinedNanos < idlest.joinedNanos)) {
        idlest = peer;
      }
    }
    if (idlest == null) {
      return false;
    }
    close(idlest, "of no use to either side");
    return true;
  }

  /** Forgets a peer whose link has closed by itself. */
  void gone(int key) {
    PeerState peer = byKey.get(key);
    if (peer != null) {
      remove(peer);
    }
  }

  /** Closes a peer. */
  void close(PeerState peer, String reason) {
    if (!peer.closed) {
      remove(peer);
      out.add(new Effect.Close(peer.key(), reason));
    }
  }

  private void remove(PeerState peer) {
    peer.closed = true;
    byKey.remove(peer.key());
    byId.remove(peer.identity().id(), peer);
    all = List.copyOf(byKey.values());
    leaving.add(peer);
  }

  /** Peers that were removed since the last call: what they had in hand is to be let go. */
  List<PeerState> drainLeaving() {
    if (leaving.isEmpty()) {
      return List.of();
    }
    List<PeerState> drained = List.copyOf(leaving);
    leaving.clear();
    return drained;
  }

  /** Closes a peer that broke the protocol. */
  void offend(PeerState peer, String what) {
    totals.offenders++;
    close(peer, what);
  }

  /** Notes something that only counts when it happens often. */
  void strike(PeerState peer, String what) {
    peer.strikes++;
    if (peer.strikes > STRIKES) {
      offend(peer, what);
    }
  }

  /** Closes a peer, if it is here, and never lets it in again. */
  void ban(PeerIdentity identity, String what) {
    if (banned.size() < MAX_BANS) {
      banned.add(identity.id());
      if (identity.kind() == PeerLink.Kind.TCP && !identity.address().isEmpty()) {
        banned.add(identity.address());
      }
    }
    PeerState peer = byKey.get(identity.key());
    if (peer == null) {
      peer = byId.get(identity.id());
    }
    if (peer != null) {
      offend(peer, what);
    }
  }

  private boolean isBanned(PeerIdentity identity) {
    return banned.contains(identity.id())
        || (identity.kind() == PeerLink.Kind.TCP && banned.contains(identity.address()));
  }
}
