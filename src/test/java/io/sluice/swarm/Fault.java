package io.sluice.swarm;

/** What a simulated peer does wrong. */
enum Fault {
  /** Sends blocks of other bytes. */
  BAD_DATA,
  /** Answers nothing for a while. */
  STALL,
  /** Chokes and unchokes at random. */
  CHOKE,
  /** Rejects some requests although it does not choke. */
  REJECT,
  /** Leaves with requests unanswered, and comes back under another id. */
  LEAVE,
  /** Says that it has pieces that it lacks, and does not answer for them. */
  LIE,
  /** Names pieces that no torrent of this length has. */
  GARBAGE,
  /** Sends blocks that nobody asked for. */
  UNASKED,
  /** Sends some blocks twice. */
  TWICE,
  /** Sends a bitfield, request or block of a wrong length. */
  WRONG_LENGTH,
  /** Asks for more than is allowed, for pieces that are not there, and while choked. */
  GREED,
  /** Takes pieces back. */
  FORGET,
  /** Gives false metadata. */
  FALSE_METADATA,
  /** Sends peers over and over (BEP 11). */
  FLOOD,
  /** Is interested, and asks for nothing. */
  IGNORE,
  /** Does not answer requests for metadata, or rejects them. */
  NO_METADATA
}
