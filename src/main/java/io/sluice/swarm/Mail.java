package io.sluice.swarm;

import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.PeerMessage;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What a session's thread is told by others. */
sealed interface Mail {

  /** Something for the core alone. */
  record ForCore(Event event) implements Mail {}

  /** A peer that has shaken hands. */
  record Arrived(PeerPort port) implements Mail {}

  /** A message of a peer, of about so many bytes. */
  record Heard(PeerPort port, PeerMessage message, int bytes) implements Mail {}

  /** A piece that a peer wants a block of, retained for us; null when it could not be had. */
  record Loaded(int peer, PeerMessage.Request request, @Nullable Piece piece) implements Mail {}

  /** The metadata, checked and read, and the pieces that are here already. */
  record Known(TorrentInfo info, BitSet held) implements Mail {}

  /** The metadata is genuine and cannot be used. */
  record Unusable(String reason) implements Mail {}

  /** The end. */
  record Close() implements Mail {}
}
