package io.sluice.swarm;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What peers of one network lack and cannot have but through us, looked at once a second: pieces
 * that nobody on their network has while somebody on the other does; and for a peer that has long
 * had nothing from anybody else, whatever others have. Browsers that depend on us so get what other
 * browsers have, too, since they often cannot reach one another; TCP peers can.
 *
 * <p>Confined to the swarm loop.
 */
final class BridgeDemand {

  private static final long SECOND = 1_000_000_000L;
  private static final long FRESH_NANOS = SECOND;

  /** A peer has said by then what it has. */
  private static final long INTRODUCTION_NANOS = 2 * SECOND;

  /** A peer that got nothing for so long, and lacks nothing that we have, depends on us. */
  private static final long STARVING_NANOS = 5 * SECOND;

  private final PieceLedger ledger;
  private final PeerTable peers;

  /** Pieces that peers asked us for after we had lost them. */
  private final BitSet missed = new BitSet();

  private final Map<Network, List<PeerState>> takers = new EnumMap<>(Network.class);
  private final Map<Network, BitSet> demandedBy = new EnumMap<>(Network.class);

  /** All that is demanded, whether anybody gives it now or not. */
  private BitSet demanded = new BitSet();

  /** Whether some peer lacks what nobody here has. */
  private boolean unmet;

  /** What is demanded and given, the rarest first. */
  private int[] order = {};

  private int next;
  private long madeNanos = -FRESH_NANOS - 1;

  BridgeDemand(PieceLedger ledger, PeerTable peers) {
    this.ledger = ledger;
    this.peers = peers;
  }

  /** The peers of a network that lack pieces and take them, as of the last look. */
  List<PeerState> takers(Network network) {
    return takers.getOrDefault(network, List.of());
  }

  private List<PeerState> findTakers(Network network, long nowNanos) {
    int pieces = ledger.geometry().pieces();
    return peers.all().stream()
        .filter(
            peer ->
                peer.network() == network
                    && !peer.taker.paused(nowNanos)
                    && (!peer.pieces.isEmpty() || nowNanos - peer.joinedNanos > INTRODUCTION_NANOS)
                    && peer.pieces.count() < pieces)
        .toList();
  }

  /** A peer asks for a piece that is not here (any more). */
  void missed(int piece) {
    missed.set(piece);
  }

  /** Looks again at who lacks what, if that was a while ago. */
  void refresh(long nowNanos) {
    if (nowNanos - madeNanos <= FRESH_NANOS) {
      return;
    }
    madeNanos = nowNanos;
    BitSet urgent = new BitSet();
    BitSet all = new BitSet();
    unmet = false;
    for (Network network : Network.values()) {
      look(network, urgent, all, nowNanos);
    }
    missed.andNot(ledger.heldPieces());
    all.andNot(ledger.heldPieces());
    demanded = all;
    order = all.isEmpty() ? new int[0] : sorted(urgent);
    next = 0;
  }

  private void look(Network network, BitSet urgent, BitSet all, long nowNanos) {
    BitSet lacking = new BitSet();
    BitSet dependent = new BitSet();
    List<PeerState> found = findTakers(network, nowNanos);
    takers.put(network, found);
    demandedBy.put(network, new BitSet());
    for (PeerState taker : found) {
      BitSet lacks = complement(taker.pieces.bits());
      noteDependence(taker, lacks, nowNanos);
      lacking.or(lacks);
      if (taker.taker.dependent) {
        dependent.or(lacks);
      }
    }
    if (lacking.isEmpty()) {
      return;
    }
    BitSet here = new BitSet();
    BitSet there = new BitSet();
    for (PeerState peer : peers.all()) {
      if (peer.network() != null) {
        (peer.network() == network ? here : there).or(peer.pieces.bits());
      }
    }
    BitSet nowhere = (BitSet) lacking.clone();
    nowhere.andNot(here);
    nowhere.andNot(there);
    nowhere.andNot(ledger.heldPieces());
    unmet |= !nowhere.isEmpty();
    BitSet only = (BitSet) there.clone();
    only.andNot(here);
    only.or(missed);
    only.and(lacking);
    only.and(union(there, here));
    BitSet sources = network == Network.WEBRTC ? union(there, here) : there;
    dependent.and(sources);
    urgent.or(only);
    only.or(dependent);
    all.or(only);
    demandedBy.put(network, only);
  }

  private void noteDependence(PeerState taker, BitSet lacks, long nowNanos) {
    if (!taker.taker.dependent
        && nowNanos - taker.taker.gainedNanos > STARVING_NANOS
        && !lacks.intersects(ledger.heldPieces())) {
      taker.taker.dependent = true;
    }
  }

  private BitSet complement(BitSet bits) {
    BitSet inverse = (BitSet) bits.clone();
    inverse.flip(0, ledger.geometry().pieces());
    return inverse;
  }

  private static BitSet union(BitSet a, BitSet b) {
    BitSet both = (BitSet) a.clone();
    both.or(b);
    return both;
  }

  /**
   * What is demanded and can be asked for now: the urgent first, then the rarest, then in order.
   */
  private int[] sorted(BitSet urgent) {
    int ranks = peers.count() + 1;
    int[] copies = new int[ledger.geometry().pieces()];
    BitSet given = new BitSet();
    for (PeerState peer : peers.all()) {
      BitSet bits = peer.pieces.bits();
      for (int piece = bits.nextSetBit(0); piece >= 0; piece = bits.nextSetBit(piece + 1)) {
        copies[piece]++;
      }
      if (!peer.choked) {
        given.or(bits);
      }
    }
    given.and(demanded);
    int[] starts = new int[2 * ranks + 1];
    given.stream().forEach(piece -> starts[rank(piece, urgent, copies, ranks) + 1]++);
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] sorted = new int[given.cardinality()];
    given.stream().forEach(piece -> sorted[starts[rank(piece, urgent, copies, ranks)]++] = piece);
    return sorted;
  }

  private static int rank(int piece, BitSet urgent, int[] copies, int ranks) {
    return (urgent.get(piece) ? 0 : ranks) + Math.min(copies[piece], ranks - 1);
  }

  /** The next piece to fetch, each once until the next {@link #refresh}; -1 when there is none. */
  int poll() {
    while (next < order.length) {
      int piece = order[next++];
      if (!ledger.held(piece)) {
        return piece;
      }
    }
    return -1;
  }

  /** Whether some peer lacks what nobody here has. */
  boolean unmet() {
    return unmet;
  }

  /** Whether a network demands a piece, as of the last look. */
  boolean demands(Network network, int piece) {
    BitSet pieces = demandedBy.get(network);
    return pieces != null && pieces.get(piece);
  }

  /** Whether a peer has something that is demanded. */
  boolean wants(PeerState peer) {
    return !demanded.isEmpty() && demanded.intersects(peer.pieces.bits());
  }
}
