package io.sluice.swarm;

import io.sluice.metainfo.TorrentInfo;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Hears what happens to a torrent.
 *
 * <p>Called on threads that belong to no part of the swarm, one call at a time and in order; when a
 * listener is slow, calls of all but {@link #metadataKnown} and {@link #completed} are left out.
 */
public interface SwarmListener {

  /** One that does not care. */
  SwarmListener NONE = new SwarmListener() {};

  /** The metadata was fetched from peers; not called when it was known from the start. */
  default void metadataKnown(TorrentInfo info) {}

  /** A piece was verified and is here. */
  default void pieceHeld(int piece) {}

  /** All pieces are here. */
  default void completed() {}

  /** Somebody waits for pieces that no connected peer gives; repeated every few seconds. */
  default void needsPeers() {}

  /**
   * A connected peer told of others (BEP 11), of a torrent that is not known to be private;
   * unchecked addresses.
   */
  default void peersFound(List<InetSocketAddress> peers) {}

  /**
   * A peer over TCP says that it has a DHT node there (PORT message of BEP 5); once a peer at most,
   * and never for a torrent that is known to be private.
   */
  default void dhtNode(InetSocketAddress node) {}

  /** A new snapshot; a few times a second at most. */
  default void statusChanged(SwarmStatus status) {}
}
