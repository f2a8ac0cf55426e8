package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What a session says of itself at one moment; immutable. */
record Snapshot(SwarmStatus status, List<PeerStatus> peers, List<PieceState> pieces) {

  static Snapshot of(
      SwarmCore core, SwarmStatus.Phase phase, Optional<String> error, long nowNanos) {
    return new Snapshot(
        core.status(phase, error, nowNanos),
        core.peers(nowNanos),
        core.content().map(content -> states(content.ledger())).orElse(List.of()));
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
