package io.sluice.swarm;

import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * Orders the missing pieces of a torrent that is kept whole: those in the making first, then those
 * that fewest peers have. The order is made anew every few seconds, so that choosing costs little.
 *
 * <p>Confined to the swarm loop.
 */
final class Rarity {

  private static final long FRESH_NANOS = 2_000_000_000L;

  private final PieceLedger ledger;
  private final Assemblies assemblies;
  private final PeerTable peers;
  private final RandomGenerator random;
  private int[] order = {};

  /** No piece before it in the order is open. */
  private int start;

  private long madeNanos = -FRESH_NANOS - 1;

  Rarity(PieceLedger ledger, Assemblies assemblies, PeerTable peers, RandomGenerator random) {
    this.ledger = ledger;
    this.assemblies = assemblies;
    this.peers = peers;
    this.random = random;
  }

  /**
   * The next piece that a peer has and that fits, or -1.
   *
   * @param mayBegin whether it may be one that is not in the making
   */
  int choose(PeerState peer, long nowNanos, boolean mayBegin, IntPredicate fits) {
    for (Assembly assembly : assemblies.all()) {
      if (ledger.open(assembly.piece()) && fits.test(assembly.piece())) {
        return assembly.piece();
      }
    }
    if (!mayBegin) {
      return -1;
    }
    if (nowNanos - madeNanos > FRESH_NANOS) {
      madeNanos = nowNanos;
      order = sorted();
      start = 0;
    }
    while (start < order.length && !ledger.open(order[start])) {
      start++;
    }
    for (int i = start; i < order.length; i++) {
      int piece = order[i];
      if (ledger.open(piece) && peer.pieces.has(piece) && fits.test(piece)) {
        return piece;
      }
    }
    return -1;
  }

  /** All open pieces, by how many peers have them, in random order among equals. */
  private int[] sorted() {
    int most = peers.count();
    int[] copies = new int[ledger.geometry().pieces()];
    for (PeerState peer : peers.all()) {
      for (int piece = peer.pieces.next(0); piece >= 0; piece = peer.pieces.next(piece + 1)) {
        copies[piece]++;
      }
    }
    int[] starts = new int[most + 2];
    int open = 0;
    for (int piece = ledger.nextOpen(0); piece >= 0; piece = ledger.nextOpen(piece + 1)) {
      starts[copies[piece] + 1]++;
      open++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] sorted = new int[open];
    int[] next = starts.clone();
    for (int piece = ledger.nextOpen(0); piece >= 0; piece = ledger.nextOpen(piece + 1)) {
      sorted[next[copies[piece]]++] = piece;
    }
    for (int bucket = 0; bucket <= most; bucket++) {
      shuffle(sorted, starts[bucket], starts[bucket + 1]);
    }
    return sorted;
  }

  private void shuffle(int[] pieces, int from, int to) {
    for (int i = to - 1; i > from; i--) {
      int other = from + random.nextInt(i - from + 1);
      int piece = pieces[i];
      pieces[i] = pieces[other];
      pieces[other] = piece;
    }
  }
}
