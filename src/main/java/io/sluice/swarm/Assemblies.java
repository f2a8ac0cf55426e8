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

  /** So many are always allowed, however long the pieces are. */
  private static final int ALWAYS = 2;

  private final PieceLedger ledger;
  private final long maxBytes;
  private final Map<Integer, Assembly> byPiece = new LinkedHashMap<>();
  private long bytes;

  Assemblies(PieceLedger ledger, SwarmLimits limits) {
    this.ledger = ledger;
    maxBytes = limits.assemblyBytes();
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

  long bytes() {
    return bytes;
  }

  int count() {
    return byPiece.size();
  }

  /** Whether one more piece may be begun. */
  boolean roomFor(int piece) {
    return byPiece.size() < ALWAYS || bytes + ledger.geometry().bytesOf(piece) <= maxBytes;
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
    bytes += length;
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
    bytes -= assembly.bytes();
  }
}
