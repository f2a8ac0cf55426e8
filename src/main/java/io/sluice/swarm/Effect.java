package io.sluice.swarm;

import io.sluice.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** Something to be done for a torrent: what {@link SwarmCore#step} answers, in order. */
sealed interface Effect {

  /** Send a message to a peer. */
  record Send(int peer, PeerMessage message) implements Effect {}

  /** Close a peer's link; the core has forgotten the peer already. */
  record Close(int peer, String reason) implements Effect {}

  /** Send a peer a block of a held piece; answered by {@link Event.Served}, exactly once. */
  record Serve(int peer, PeerMessage.Request request) implements Effect {}

  /** Write a block into a piece in the making, which begins with its first block. */
  record Write(int piece, int begin, ByteBuffer bytes) implements Effect {}

  /**
   * Hash a piece in the making, all of whose blocks are written; answered by {@link Event.Hashed}.
   *
   * @param digests whether the hashes of its blocks are wanted even when it is intact
   */
  record Hash(int piece, boolean digests) implements Effect {}

  /** Put a hashed piece where verified pieces are kept. */
  record Keep(int piece) implements Effect {}

  /** Hold on to a piece in the making beside the store; what follows puts it there. */
  record Retain(int piece) implements Effect {}

  /** Put a retained piece back into the store, which has let go of it. */
  record Restore(int piece) implements Effect {}

  /** Let go of a retained piece. */
  record Release(int piece) implements Effect {}

  /** Forget a piece in the making; nothing to do when none of its blocks was written. */
  record Discard(int piece) implements Effect {}

  /**
   * Check complete metadata; answered by {@link Event.MetadataKnown} or {@link
   * Event.MetadataWrong}.
   */
  record CheckMetadata(ByteBuffer rawInfo) implements Effect {}

  /** Somebody waits for pieces that no connected peer can give. */
  record NeedPeers() implements Effect {}

  /** A peer told of others (BEP 11). */
  record PeersFound(List<InetSocketAddress> peers) implements Effect {}

  /** All pieces are here. */
  record Completed() implements Effect {}
}
