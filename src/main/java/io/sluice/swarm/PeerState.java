package io.sluice.swarm;

import io.sluice.transport.PeerLink;
import io.sluice.wire.Handshake;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a session knows of one connected peer. A plain record of facts: the rules stand in the
 * classes that change them.
 *
 * <p>Confined to the swarm loop.
 */
final class PeerState {

  private final PeerIdentity identity;
  private final boolean initiatedHere;
  private final Optional<InetSocketAddress> remoteAddress;
  private final boolean extensions;
  private final boolean fast;

  /** What it has. */
  final PeerPieces pieces;

  /** What we asked it for. */
  final RequestBook requests;

  /** What it asked us for. */
  final UploadQueue uploads;

  /** What it takes of what we carry from one network to the other. */
  final Taker taker;

  final Throughput throughput = new Throughput();
  final RateMeter down = new RateMeter();
  final RateMeter up = new RateMeter();
  final long joinedNanos;

  /** Set when the core has closed it. */
  boolean closed;

  boolean choking = true;
  boolean interested;
  boolean interesting;
  boolean choked = true;

  /** When we last choked or unchoked it. */
  long chokeNanos;

  long lastHeardNanos;
  long lastSentNanos;

  /** It has stalled: it gets one request at a time until it delivers. */
  boolean snubbed;

  /** Pieces that it may be asked for although it chokes us (BEP 6). */
  final BitSet allowedFast = new BitSet();

  /** Pieces it refused lately although it does not choke us. */
  final BitSet refused = new BitSet();

  /** Times it refused since it last gave a block. */
  int refusals;

  /** Things it did that a good peer does at most now and then. */
  int strikes;

  String client = "";
  int metadataId;
  int dontHaveId;

  /** The TCP port that it says it listens at, or 0. */
  int listenPort;

  /** Whether it was told that we take messages of ut_pex. */
  boolean wasOfferedPex;

  final PeerExchanges.Talk talk = new PeerExchanges.Talk();
  int requestQueue = 250;

  /** Length of the metadata as it says, 0 while it has said nothing. */
  int metadataBytes;

  /** Metadata pieces that we have asked it for and not got. */
  int metadataAsked;

  /** Until when it is left alone with requests for metadata. */
  long metadataPauseNanos;

  /** Metadata pieces that it was given. */
  int metadataGiven;

  PeerState(
      PeerIdentity identity,
      Handshake remote,
      boolean initiatedHere,
      Optional<InetSocketAddress> remoteAddress,
      SwarmLimits limits,
      long nowNanos) {
    this.identity = identity;
    this.initiatedHere = initiatedHere;
    this.remoteAddress = remoteAddress;
    extensions = remote.extensions();
    fast = remote.fast();
    pieces = new PeerPieces(limits.maxPieces());
    requests = new RequestBook(2 * limits.maxRequests());
    uploads = new UploadQueue(limits.uploadQueue());
    taker = new Taker(nowNanos);
    joinedNanos = nowNanos;
    lastHeardNanos = nowNanos;
    lastSentNanos = nowNanos;
    chokeNanos = nowNanos;
  }

  int key() {
    return identity.key();
  }

  PeerIdentity identity() {
    return identity;
  }

  /**
   * Where it can be dialled over TCP, if that is known: where we dialled it, or its host with the
   * port that it named (BEP 10).
   */
  Optional<InetSocketAddress> listensAt() {
    if (identity.kind() != PeerLink.Kind.TCP) {
      return Optional.empty();
    }
    return initiatedHere
        ? remoteAddress
        : remoteAddress
            .filter(_ -> listenPort > 0)
            .map(address -> new InetSocketAddress(address.getAddress(), listenPort));
  }

  /** The network that it belongs to, or null. */
  @Nullable Network network() {
    return Network.of(identity.kind()).orElse(null);
  }

  boolean initiatedHere() {
    return initiatedHere;
  }

  /** Whether it speaks BEP 10. */
  boolean extensions() {
    return extensions;
  }

  /** Whether it speaks BEP 6, as we do. */
  boolean fast() {
    return fast;
  }

  /** Whether it may be asked for a piece at all now. */
  boolean mayAsk(int piece) {
    return pieces.has(piece)
        && !refused.get(piece)
        && (!choked || (fast && allowedFast.get(piece)));
  }

  /** When a block asked for now would come. */
  long etaNanos() {
    return throughput.etaNanos(requests.waiting() + requests.late());
  }

  /** How many more requests it should have now. */
  int room(SwarmLimits limits) {
    if (snubbed) {
      return requests.idle() ? 1 : 0;
    }
    return depth(limits) - requests.waiting();
  }

  /** How many requests it should have at a time. */
  int depth(SwarmLimits limits) {
    int most = Math.max(1, Math.min(limits.maxRequests(), requestQueue));
    int wanted =
        throughput.measured()
            ? throughput.depth(limits.pipeline().toNanos())
            : limits.initialRequests();
    return Math.clamp(wanted, Math.min(2, most), most);
  }

  PeerStatus status(int torrentPieces, long nowNanos) {
    return new PeerStatus(
        identity.id(),
        identity.kind(),
        identity.address(),
        client,
        torrentPieces == 0 ? 0 : (double) pieces.count() / torrentPieces,
        down.total(),
        up.total(),
        down.bytesPerSecond(nowNanos),
        up.bytesPerSecond(nowNanos),
        choked,
        choking,
        interested,
        interesting);
  }
}
