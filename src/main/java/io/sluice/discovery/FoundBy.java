package io.sluice.discovery;

/** What told us the address of a peer. */
public enum FoundBy {
  /** A tracker that the torrent names: the only ones that count for a private torrent (BEP 27). */
  TRACKER,
  /** A tracker that this gateway announces all public torrents to. */
  OUR_TRACKER,
  /** BEP 5. */
  DHT,
  /** Another peer of the torrent (BEP 11). */
  PEX,
  /** A multicast of its own network (BEP 14). */
  LSD,
  /** The link itself named it ({@code x.pe} of BEP 9). */
  MAGNET
}
