package io.sluice.discovery;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What is announced: a torrent, ourselves in it, who makes our offers and who takes addresses.
 *
 * @param peerId the same for all announces of the torrent
 * @param stats asked for each announce; must not block
 * @param port where we listen for peers over TCP, 1..65535; 0 while we listen nowhere and can only
 *     dial; negative while TCP is off, and trackers that list addresses are not asked then. Asked
 *     for each announce; must not block
 * @param sink takes the addresses that trackers list
 */
public record AnnouncedTorrent(
    InfoHash infoHash,
    PeerId peerId,
    OfferSource source,
    Supplier<AnnounceStats> stats,
    IntSupplier port,
    PeerSink sink) {

  /** A torrent of somebody who neither dials nor listens. */
  public AnnouncedTorrent(
      InfoHash infoHash, PeerId peerId, OfferSource source, Supplier<AnnounceStats> stats) {
    this(infoHash, peerId, source, stats, () -> -1, PeerSink.NONE);
  }
}
