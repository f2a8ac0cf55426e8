package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What a session says of itself at one moment; immutable. */
record Snapshot(SwarmStatus status, List<PeerStatus> peers, List<PieceState> pieces, long changes) {

  static final Snapshot NONE = none();

  private static Snapshot none() {
    SwarmStatus nothing =
        new SwarmStatus(
            SwarmStatus.Phase.METADATA, Optional.empty(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return new Snapshot(nothing, List.of(), List.of(), -1);
  }

  /** A newer one; the list of pieces is made anew only when one of them has changed. */
  Snapshot next(SwarmCore core, SwarmStatus.Phase phase, Optional<String> error, long nowNanos) {
    long newest = core.content().map(content -> content.ledger().changes()).orElse(-1L);
    return new Snapshot(
        core.status(phase, error, nowNanos),
        core.peers(nowNanos),
        newest == changes
            ? pieces
            : core.content().map(content -> states(content.ledger())).orElse(List.of()),
        newest);
  }

  private static List<PieceState> states(PieceLedger ledger) {
    PieceGeometry geometry = ledger.geometry();
    PieceState[] states = new PieceState[geometry.pieces()];
    for (int piece = 0; piece < states.length; piece++) {
      states[piece] = ledger.state(piece);
    }
    // A view of an array that nobody else has: List.of would copy it once more.
    return Collections.unmodifiableList(Arrays.asList(states));
  }
}
