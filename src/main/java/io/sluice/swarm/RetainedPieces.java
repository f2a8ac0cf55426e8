package io.sluice.swarm;

import io.sluice.cache.Piece;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Verified pieces that a session holds on to beside the store, so that they can be served after the
 * store has let go of them. Invariant: each is referenced once by this table.
 *
 * <p>Confined to the session's thread.
 */
final class RetainedPieces {

  private final Map<Integer, Piece> pieces = new HashMap<>();

  /** Holds on to a piece; the caller keeps its own reference. */
  void retain(int index, Piece piece) {
    Piece before = pieces.put(index, piece.retain());
    if (before != null) {
      before.release();
    }
  }

  /** A piece, retained for the caller. */
  Optional<Piece> find(int index) {
    return Optional.ofNullable(pieces.get(index)).map(Piece::retain);
  }

  void release(int index) {
    Piece piece = pieces.remove(index);
    if (piece != null) {
      piece.release();
    }
  }

  void close() {
    pieces.values().forEach(Piece::release);
    pieces.clear();
  }
}
