package io.sluice.swarm;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.transport.PeerLink;
import io.sluice.wire.InfoHash;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One torrent and everybody we exchange it with.
 *
 * <p>Safe for any thread; no method blocks. What it reports is a recent snapshot.
 */
public interface Swarm {

  InfoHash infoHash();

  /** What the torrent says, once it is known. */
  Optional<TorrentInfo> info();

  /**
   * Completes when the metadata is known; every call has a future of its own, so that cancelling
   * one disturbs nobody.
   */
  CompletableFuture<TorrentInfo> metadata();

  /**
   * Announces that a reader wants the bytes {@code first..last} of the torrent, both included, from
   * {@code first} on and soon. The metadata must be known.
   */
  SwarmReader read(long first, long last);

  /**
   * The same for a reader that does not mind to wait a little: whoever waits impatiently is served
   * first, for some seconds.
   */
  default SwarmReader readPatiently(long first, long last) {
    return read(first, last);
  }

  /**
   * The same, for a reader of whom more is known: of whom it is the continuation, and whether it
   * begins to play or looks something up.
   */
  default SwarmReader read(Reading reading) {
    return reading.patient()
        ? readPatiently(reading.first(), reading.last())
        : read(reading.first(), reading.last());
  }

  /** The last blocks that were asked for, the newest first, and why of that source. */
  default List<Decision> decisions() {
    return List.of();
  }

  /** Hands over a peer that has shaken hands for this torrent. */
  void accept(PeerLink link);

  SwarmStatus status();

  List<PeerStatus> peers();

  /** Where each piece is, by piece number; empty while the metadata is not known. */
  List<PieceState> pieces();
}
