package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import io.sluice.wire.PeerId;

/**
 * What we know of one connected peer.
 *
 * @param client the name the peer gave (BEP 10), or empty
 * @param progress part of the torrent's pieces that the peer has, 0..1
 * @param downloaded verified or not, bytes of blocks received from it
 * @param uploaded bytes of blocks sent to it
 * @param downloadRate bytes a second, lately
 * @param uploadRate bytes a second, lately
 * @param choked whether the peer chokes us
 * @param choking whether we choke the peer
 */
public record PeerStatus(
    PeerId id,
    PeerLink.Kind kind,
    String address,
    String client,
    double progress,
    long downloaded,
    long uploaded,
    long downloadRate,
    long uploadRate,
    boolean choked,
    boolean choking,
    boolean interested,
    boolean interesting) {}
