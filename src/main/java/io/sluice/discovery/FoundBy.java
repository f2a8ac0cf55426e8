package io.sluice.discovery;

/** What told us the address of a peer. */
public enum FoundBy {
  TRACKER,
  /** BEP 5. */
  DHT,
  /** Another peer of the torrent (BEP 11). */
  PEX,
  /** A multicast of its own network (BEP 14). */
  LSD,
  /** The link itself named it ({@code x.pe} of BEP 9). */
  MAGNET
}
