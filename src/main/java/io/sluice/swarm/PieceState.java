package io.sluice.swarm;

/** Where a piece is; it is in exactly one of these states. */
public enum PieceState {
  /** Not here, and nobody has asked for it. */
  MISSING,
  /** A reader, a peer or the keeping policy wants it; no block has been asked for. */
  WANTED,
  /** Some of its blocks have been asked for or are here. */
  ACTIVE,
  /** All blocks are here and the hash is being computed. */
  VERIFYING,
  /** Verified, and here to be served. */
  HELD
}
