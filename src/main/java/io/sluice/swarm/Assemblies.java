package io.sluice.swarm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pieces in the making, bounded in bytes. Invariant: a piece is here if and only if the ledger
 * says ACTIVE or VERIFYING, and an active one is open if and only if it has a free block.
 *
 * <p>Confined to the swarm loop.
 */
final class Assemblies {

  private final PieceLedger ledger;
  private final long most;
  private final Map<Integer, Assembly> byPiece = new LinkedHashMap<>();

  Assemblies(PieceLedger ledger, SwarmLimits limits) {
    this.ledger = ledger;
    most = limits.assemblies(ledger.geometry().pieceBytes());
  }

  @Nullable Assembly find(int piece) {
    return byPiece.get(piece);
  }

  Collection<Assembly> all() {
    return byPiece.values();
  }

  List<Assembly> snapshot() {
    return new ArrayList<>(byPiece.values());
  }

  int count() {
    return byPiece.size();
  }

  /** Whether one more piece may be begun. */
  boolean room() {
    return byPiece.size() < most;
  }

  /** Begins a piece, or finds it begun. */
  Assembly begin(int piece, long nowNanos) {
    Assembly begun = byPiece.get(piece);
    if (begun != null) {
      return begun;
    }
    int length = ledger.geometry().bytesOf(piece);
    Assembly assembly = new Assembly(piece, length, ledger.geometry().blocksOf(piece), nowNanos);
    ledger.start(piece);
    byPiece.put(piece, assembly);
    return assembly;
  }

  /** To be called after anything that may have changed whether a piece has free blocks. */
  void refresh(Assembly assembly) {
    if (ledger.active(assembly.piece())) {
      ledger.open(assembly.piece(), assembly.free() > 0);
    }
  }

  /** All blocks are here. */
  void hash(Assembly assembly) {
    ledger.hash(assembly.piece());
  }

  /** The piece is verified, and no longer in the making. */
  void hold(Assembly assembly) {
    ledger.hold(assembly.piece());
    remove(assembly);
  }

  /** Gives a piece up. */
  void drop(Assembly assembly) {
    ledger.drop(assembly.piece());
    remove(assembly);
  }

  private void remove(Assembly assembly) {
    byPiece.remove(assembly.piece());
  }
}
