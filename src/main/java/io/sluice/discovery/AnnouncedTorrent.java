package io.sluice.discovery;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.function.BooleanSupplier;
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
 * @param quiet whether nobody here waits for peers of it: it is announced so that others find it,
 *     at leisure, and asks for nobody. Asked for each announce; must not block
 */
public record AnnouncedTorrent(
    InfoHash infoHash,
    PeerId peerId,
    OfferSource source,
    Supplier<AnnounceStats> stats,
    IntSupplier port,
    PeerSink sink,
    BooleanSupplier quiet) {

  /** A torrent that somebody waits for. */
  public AnnouncedTorrent(
      InfoHash infoHash,
      PeerId peerId,
      OfferSource source,
      Supplier<AnnounceStats> stats,
      IntSupplier port,
      PeerSink sink) {
    this(infoHash, peerId, source, stats, port, sink, () -> false);
  }

  /** A torrent of somebody who neither dials nor listens. */
  public AnnouncedTorrent(
      InfoHash infoHash, PeerId peerId, OfferSource source, Supplier<AnnounceStats> stats) {
    this(infoHash, peerId, source, stats, () -> -1, PeerSink.NONE);
  }
}
