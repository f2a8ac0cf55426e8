package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Where each piece is. Invariant: a piece is in exactly one {@link PieceState}, and gets from one
 * to another only by the methods here:
 *
 * <pre>
 * MISSING/WANTED --start--> ACTIVE --hash--> VERIFYING --hold--> HELD --lose--> MISSING/WANTED
 *       |                     |                  |
 *       |                     +------ drop ------+--> MISSING/WANTED
 *       +--------------- restore ---------------> HELD
 * </pre>
 *
 * A piece that is in none of the other three is wanted or missing by whether anybody wants it now,
 * and stays so counted while it is fetched. Confined to the swarm loop.
 */
final class PieceLedger {

  private enum Stage {
    ABSENT,
    ACTIVE,
    VERIFYING,
    HELD
  }

  private final PieceGeometry geometry;
  private final Stage[] stages;
  private final int[] wants;
  private final BitSet held = new BitSet();

  /** Pieces of which some block is neither here nor asked for. */
  private final BitSet open = new BitSet();

  private boolean keepWhole;
  private long heldBytes;
  private long changes;

  PieceLedger(PieceGeometry geometry, BitSet held) {
    this.geometry = geometry;
    stages = new Stage[geometry.pieces()];
    Arrays.fill(stages, Stage.ABSENT);
    wants = new int[geometry.pieces()];
    open.set(0, geometry.pieces());
    held.stream().filter(geometry::contains).forEach(this::restore);
  }

  /** A piece that nobody is fetching is here. */
  void restore(int piece) {
    move(piece, Stage.ABSENT, Stage.HELD);
    gained(piece);
  }

  PieceGeometry geometry() {
    return geometry;
  }

  PieceState state(int piece) {
    return switch (stage(piece)) {
      case ABSENT -> wanted(piece) ? PieceState.WANTED : PieceState.MISSING;
      case ACTIVE -> PieceState.ACTIVE;
      case VERIFYING -> PieceState.VERIFYING;
      case HELD -> PieceState.HELD;
    };
  }

  boolean held(int piece) {
    return held.get(piece);
  }

  boolean complete() {
    return held.cardinality() == geometry.pieces();
  }

  /** Grows whenever the state of a piece may have changed. */
  long changes() {
    return changes;
  }

  long heldBytes() {
    return heldBytes;
  }

  /** The held pieces; not to be changed. */
  BitSet heldPieces() {
    return held;
  }

  boolean active(int piece) {
    return stage(piece) == Stage.ACTIVE;
  }

  boolean absent(int piece) {
    return stage(piece) == Stage.ABSENT;
  }

  /** Whether somebody wants the piece, wherever it is. */
  boolean wanted(int piece) {
    return keepWhole || wants[piece] > 0;
  }

  /** How many want the piece, but for keeping the torrent whole. */
  int wants(int piece) {
    return wants[piece];
  }

  /** One more wants the piece. */
  void want(int piece) {
    wants[piece]++;
    changes++;
  }

  /** One fewer wants the piece; returns whether nobody does now. */
  boolean unwant(int piece) {
    if (wants[piece] == 0) {
      throw new IllegalStateException("nobody wants piece " + piece);
    }
    wants[piece]--;
    changes++;
    return !wanted(piece);
  }

  boolean keepWhole() {
    return keepWhole;
  }

  void keepWhole(boolean on) {
    keepWhole = on;
    changes++;
  }

  /** The first piece at or after one that has a block to ask for, or -1. */
  int nextOpen(int from) {
    return open.nextSetBit(from);
  }

  boolean open(int piece) {
    return open.get(piece);
  }

  /** Says whether an active piece has a block to ask for. */
  void open(int piece, boolean on) {
    if (!active(piece)) {
      throw new IllegalStateException("piece " + piece + " is " + state(piece));
    }
    open.set(piece, on);
  }

  void start(int piece) {
    move(piece, Stage.ABSENT, Stage.ACTIVE);
  }

  void hash(int piece) {
    move(piece, Stage.ACTIVE, Stage.VERIFYING);
    open.clear(piece);
  }

  void hold(int piece) {
    move(piece, Stage.VERIFYING, Stage.HELD);
    gained(piece);
  }

  /** Gives up a piece in the making. */
  void drop(int piece) {
    move(piece, stage(piece) == Stage.VERIFYING ? Stage.VERIFYING : Stage.ACTIVE, Stage.ABSENT);
    open.set(piece);
  }

  void lose(int piece) {
    move(piece, Stage.HELD, Stage.ABSENT);
    held.clear(piece);
    open.set(piece);
    heldBytes -= geometry.bytesOf(piece);
  }

  private void gained(int piece) {
    held.set(piece);
    open.clear(piece);
    heldBytes += geometry.bytesOf(piece);
  }

  private Stage stage(int piece) {
    return stages[piece];
  }

  private void move(int piece, Stage from, Stage to) {
    if (stage(piece) != from) {
      throw new IllegalStateException(
          "piece " + piece + " is " + stage(piece) + ", so it cannot become " + to);
    }
    stages[piece] = to;
    changes++;
  }
}
