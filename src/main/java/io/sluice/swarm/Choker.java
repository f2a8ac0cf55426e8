package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides whom we serve. Guarantees that no more interested peers are unchoked than there are
 * slots, that a peer is unchoked at once while a slot is free, and that everybody gets a turn.
 *
 * <p>Confined to the swarm loop.
 */
final class Choker {

  private static final long SECOND = 1_000_000_000L;
  static final long ROUND_NANOS = 10 * SECOND;

  /** Whoever gets a turn keeps it for so long. */
  private static final long TURN_NANOS = 3 * ROUND_NANOS;

  private final SwarmLimits limits;
  private final PeerTable peers;
  private final Outbox out;
  private long roundNanos;

  Choker(SwarmLimits limits, PeerTable peers, Outbox out) {
    this.limits = limits;
    this.peers = peers;
    this.out = out;
  }

  /**
   * A peer became interested: it need not wait for the next round while there is a slot; one that
   * was unchoked before may find its slot taken.
   *
   * @return whether it was choked by this
   */
  boolean interested(PeerState peer, long nowNanos) {
    peer.interested = true;
    if (peer.choking && slotsTaken() < limits.uploadSlots()) {
      unchoke(peer, nowNanos);
    } else if (!peer.choking && slotsTaken() > limits.uploadSlots()) {
      choke(peer, nowNanos);
      return true;
    }
    return false;
  }

  /** A peer lost interest or left, so that a slot may be free. */
  void slotFreed(long nowNanos) {
    if (slotsTaken() >= limits.uploadSlots()) {
      return;
    }
    PeerState next = waitingLongest();
    if (next != null) {
      unchoke(next, nowNanos);
    }
  }

  private @Nullable PeerState waitingLongest() {
    PeerState longest = null;
    for (PeerState peer : peers.all()) {
      if (peer.interested
          && peer.choking
          && (longest == null || peer.chokeNanos < longest.chokeNanos)) {
        longest = peer;
      }
    }
    return longest;
  }

  private int slotsTaken() {
    int taken = 0;
    for (PeerState peer : peers.all()) {
      if (peer.interested && !peer.choking) {
        taken++;
      }
    }
    return taken;
  }

  /** Begins a new round when one is due; returns the peers that were choked. */
  List<PeerState> tick(long nowNanos) {
    if (nowNanos - roundNanos < ROUND_NANOS) {
      return List.of();
    }
    roundNanos = nowNanos;
    List<PeerState> rivals =
        new ArrayList<>(peers.all().stream().filter(peer -> peer.interested).toList());
    if (rivals.size() <= limits.uploadSlots()) {
      rivals.stream().filter(peer -> peer.choking).forEach(peer -> unchoke(peer, nowNanos));
      return List.of();
    }
    return apply(rivals, winners(rivals, nowNanos), nowNanos);
  }

  /**
   * Those who give us most, for half of the slots at most; for the others everybody in turn, so
   * that a seed serves all alike.
   */
  private List<PeerState> winners(List<PeerState> rivals, long nowNanos) {
    Map<PeerState, Long> given = new HashMap<>();
    for (PeerState peer : rivals) {
      long rate = peer.down.bytesPerSecond(nowNanos);
      if (rate > 0) {
        given.put(peer, rate);
      }
    }
    int slots = limits.uploadSlots();
    List<PeerState> winners =
        new ArrayList<>(
            given.keySet().stream()
                .sorted(Comparator.comparingLong(peer -> -given.getOrDefault(peer, 0L)))
                .limit((slots + 1) / 2)
                .toList());
    List<PeerState> others = new ArrayList<>(rivals);
    others.removeAll(winners);
    // Who has just begun goes on; then comes who has waited longest, or whose turn was longest ago.
    others.stream()
        .sorted(
            Comparator.<PeerState, Boolean>comparing(peer -> !freshlyUnchoked(peer, nowNanos))
                .thenComparing(peer -> !peer.choking)
                .thenComparingLong(peer -> peer.chokeNanos))
        .limit(slots - winners.size())
        .forEach(winners::add);
    return winners;
  }

  private static boolean freshlyUnchoked(PeerState peer, long nowNanos) {
    return !peer.choking && nowNanos - peer.chokeNanos < TURN_NANOS;
  }

  private List<PeerState> apply(List<PeerState> rivals, List<PeerState> winners, long nowNanos) {
    List<PeerState> choked = new ArrayList<>();
    for (PeerState peer : rivals) {
      boolean wins = winners.contains(peer);
      if (!wins && !peer.choking) {
        choke(peer, nowNanos);
        choked.add(peer);
      }
    }
    winners.stream().filter(peer -> peer.choking).forEach(peer -> unchoke(peer, nowNanos));
    return choked;
  }

  private void choke(PeerState peer, long nowNanos) {
    peer.choking = true;
    peer.chokeNanos = nowNanos;
    out.send(peer, new PeerMessage.Choke());
  }

  private void unchoke(PeerState peer, long nowNanos) {
    peer.choking = false;
    peer.chokeNanos = nowNanos;
    out.send(peer, new PeerMessage.Unchoke());
  }
}
