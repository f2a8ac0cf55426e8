package io.sluice.discovery;

import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.util.function.Supplier;

/** What is announced: a torrent, ourselves in it, and who makes our offers. */
record AnnouncedTorrent(
    InfoHash infoHash, PeerId peerId, OfferSource source, Supplier<AnnounceStats> stats) {}
