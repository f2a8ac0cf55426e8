package io.sluice.swarm;

/** Why a block was asked for when it was. */
public enum Why {
  /** A reader waits for it. */
  WAITED_FOR,
  /** A reader will come to it within seconds. */
  SOON,
  /** A reader will come to it later. */
  AHEAD,
  /** It is of the head or the end of a file that is being opened. */
  EDGE,
  /** Somebody else was asked already, and it is needed sooner than that one will bring it. */
  AGAIN,
  /** Peers of the other network lack it. */
  CARRIED,
  /** The torrent is kept whole, and few have it. */
  RAREST
}
