package io.sluice.swarm;

import java.util.Optional;

/**
 * A torrent at a glance.
 *
 * @param error what is wrong, in {@link Phase#ERROR}
 * @param heldBytes bytes of the verified pieces that are here
 * @param totalBytes length of the torrent, 0 while the metadata is not known
 * @param downloaded bytes of blocks received since the start
 * @param uploaded bytes of blocks sent since the start
 * @param downloadRate bytes a second, lately
 * @param uploadRate bytes a second, lately
 * @param wasted bytes received twice or in pieces whose hash was wrong
 * @param readers open {@link SwarmReader}s
 */
public record SwarmStatus(
    Phase phase,
    Optional<String> error,
    long heldBytes,
    long totalBytes,
    int webrtcPeers,
    int tcpPeers,
    int webSeeds,
    long downloaded,
    long uploaded,
    long downloadRate,
    long uploadRate,
    long wasted,
    int readers) {

  /** How far the torrent is. */
  public enum Phase {
    /** The info dictionary is still being fetched from peers. */
    METADATA,
    /** Pieces can be asked for. */
    READY,
    /** It cannot be used; {@link SwarmStatus#error} says why. */
    ERROR
  }
}
