package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
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

  /** An optimistic slot is kept for so many rounds. */
  private static final int OPTIMISTIC_ROUNDS = 2;

  private final SwarmLimits limits;
  private final PeerTable peers;
  private final Outbox out;
  private final RandomGenerator random;
  private long roundNanos;
  private int round;

  Choker(SwarmLimits limits, PeerTable peers, Outbox out, RandomGenerator random) {
    this.limits = limits;
    this.peers = peers;
    this.out = out;
    this.random = random;
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
    round++;
    List<PeerState> rivals =
        new ArrayList<>(peers.all().stream().filter(peer -> peer.interested).toList());
    if (rivals.size() <= limits.uploadSlots()) {
      rivals.stream().filter(peer -> peer.choking).forEach(peer -> unchoke(peer, nowNanos));
      return List.of();
    }
    return apply(rivals, winners(rivals, nowNanos), nowNanos);
  }

  /** The best by what they give us and then by what they take, and those whose turn it is. */
  private List<PeerState> winners(List<PeerState> rivals, long nowNanos) {
    Map<PeerState, long[]> rates = new HashMap<>();
    for (PeerState peer : rivals) {
      rates.put(
          peer,
          new long[] {
            peer.down.bytesPerSecond(nowNanos), peer.up.bytesPerSecond(nowNanos), random.nextInt()
          });
    }
    Comparator<PeerState> byWorth =
        Comparator.<PeerState>comparingLong(peer -> -rates.getOrDefault(peer, NO_RATES)[0])
            .thenComparingLong(peer -> -rates.getOrDefault(peer, NO_RATES)[1])
            .thenComparing(peer -> peer.choking)
            .thenComparingLong(peer -> rates.getOrDefault(peer, NO_RATES)[2]);
    int optimistic = Math.max(1, limits.uploadSlots() / 8);
    List<PeerState> winners =
        new ArrayList<>(
            rivals.stream().filter(peer -> peer.optimisticUntil > round && !peer.choking).toList());
    rivals.stream()
        .filter(peer -> peer.choking)
        .sorted(Comparator.comparingLong(peer -> peer.chokeNanos))
        .limit(Math.max(0, optimistic - winners.size()))
        .forEach(
            peer -> {
              peer.optimisticUntil = round + OPTIMISTIC_ROUNDS;
              winners.add(peer);
            });
    rivals.stream()
        .filter(peer -> !winners.contains(peer))
        .sorted(byWorth)
        .limit(Math.max(0, limits.uploadSlots() - winners.size()))
        .forEach(winners::add);
    return winners.subList(0, Math.min(winners.size(), limits.uploadSlots()));
  }

  private static final long[] NO_RATES = {0, 0, 0};

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
