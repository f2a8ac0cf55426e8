package io.sluice.swarm;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import io.sluice.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * Something that happened to a torrent: what {@link SwarmCore#step} is fed.
 *
 * <p>Peers and readers are named by numbers that whoever feeds the core gives out, each only once.
 */
sealed interface Event {

  /** A peer has shaken hands. */
  record PeerJoined(
      int peer,
      Handshake remote,
      PeerLink.Kind kind,
      boolean initiatedHere,
      String address,
      Optional<InetSocketAddress> remoteAddress)
      implements Event {}

  /** A message of a peer. */
  record PeerSaid(int peer, PeerMessage message) implements Event {}

  /** A peer's link takes blocks again. */
  record PeerWritable(int peer) implements Event {}

  /** A peer's link has closed. */
  record PeerGone(int peer) implements Event {}

  /** How an {@link Effect.Serve} went, and whether the link takes more. */
  record Served(int peer, PeerMessage.Request request, Outcome outcome, boolean writable)
      implements Event {

    enum Outcome {
      /** The block is on its way. */
      SENT,
      /** Nothing was sent, since the link has no room; try again when it has. */
      BUSY,
      /** The piece could not be had. */
      GONE
    }
  }

  /**
   * The hash of a piece is known.
   *
   * @param digests of its blocks: always when the piece is not intact, else when they were asked
   *     for
   */
  record Hashed(int piece, boolean intact, Optional<BlockDigests> digests) implements Event {}

  /** A held piece is no longer here. */
  record Evicted(int piece) implements Event {}

  /** A piece is here that nobody sent: what stands under memory has it. */
  record Returned(int piece) implements Event {}

  /**
   * What the torrent says is known.
   *
   * @param rawInfo the bencoded info dictionary
   * @param held pieces that are here already
   * @param privateTorrent whether it is one of BEP 27
   */
  record MetadataKnown(
      PieceGeometry geometry, ByteBuffer rawInfo, BitSet held, boolean privateTorrent)
      implements Event {}

  /** The metadata of {@link Effect.CheckMetadata} has not the torrent's hash. */
  record MetadataWrong() implements Event {}

  /**
   * A reader wants the pieces {@code first..last}, from the first on.
   *
   * @param file the pieces of the file that it reads, when that is known
   */
  record ReaderOpened(int reader, int first, int last, boolean patient, Optional<FilePieces> file)
      implements Event {
    ReaderOpened(int reader, int first, int last) {
      this(reader, first, last, false, Optional.empty());
    }
  }

  /** What the file that a reader reads says of its own rate, in bytes a second. */
  record ReaderPaced(int reader, long bytesPerSecond) implements Event {}

  /** A reader is at a piece, which is here. */
  record ReaderMoved(int reader, int piece) implements Event {}

  /** A reader waits for a piece. */
  record ReaderAsked(int reader, int piece) implements Event {}

  /** A reader no longer waits for a piece, whether it came or not. */
  record ReaderSettled(int reader, int piece) implements Event {}

  record ReaderClosed(int reader) implements Event {}

  /** Whether all pieces are to be fetched, wanted by a reader or not. */
  record KeepWhole(boolean on) implements Event {}

  /** Nothing but time has passed; due at {@link SwarmCore#nextTickNanos}. */
  record Tick() implements Event {}
}
