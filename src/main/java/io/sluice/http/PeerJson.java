package io.sluice.http;

import io.sluice.swarm.PeerStatus;
import java.util.Locale;

/**
 * A peer as the API shows it.
 *
 * @param transport {@code webrtc}, {@code tcp} or {@code web-seed}
 * @param progress part of the torrent that the peer has, 0..1
 */
public record PeerJson(
    String id,
    String transport,
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
    boolean interesting) {

  static PeerJson of(PeerStatus peer) {
    return new PeerJson(
        peer.id().hex(),
        peer.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        peer.address(),
        peer.client(),
        peer.progress(),
        peer.downloaded(),
        peer.uploaded(),
        peer.downloadRate(),
        peer.uploadRate(),
        peer.choked(),
        peer.choking(),
        peer.interested(),
        peer.interesting());
  }
}
