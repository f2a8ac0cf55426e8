package io.sluice.library;

import io.sluice.swarm.SwarmStatus;

/**
 * When a torrent may go to rest, and when it may be woken again because it lacks something: nobody
 * has used it for a while, and nothing is lost with its session.
 *
 * <p>Times are those of {@link Library#nowNanos}. {@link #isDue} is confined to the library's
 * thread, the others are safe for any.
 */
final class Dormancy {

  private final Library library;
  private volatile long quietSinceNanos;
  private volatile long sleptAtNanos;

  /** Whether what is only in memory is being written. */
  private boolean settling;

  Dormancy(Library library) {
    this.library = library;
    quietSinceNanos = library.nowNanos();
    sleptAtNanos = quietSinceNanos;
  }

  /** Has waited long enough: what it lacks it may ask for at once. */
  void mayTryNow() {
    sleptAtNanos = quietSinceNanos - library.limits().retry().toNanos();
  }

  /** Somebody uses the torrent. */
  void touch() {
    quietSinceNanos = library.nowNanos();
  }

  long sleptAtNanos() {
    return sleptAtNanos;
  }

  boolean mayTryAgain(long nowNanos) {
    return nowNanos - sleptAtNanos >= library.limits().retry().toNanos();
  }

  /** Whether a torrent is to go to rest now, which counts from now on as having gone. */
  boolean isDue(KnownTorrent torrent, long nowNanos) {
    SwarmStatus status = torrent.swarm().status();
    if (busy(torrent, status)) {
      quietSinceNanos = nowNanos;
      settling = false;
      return false;
    }
    LibraryLimits limits = library.limits();
    long patience = (torrent.wants() ? limits.patience() : limits.rest()).toNanos();
    if (nowNanos - quietSinceNanos < patience
        || losesBytes(torrent, status)
        || !settled(torrent, status)) {
      return false;
    }
    settling = false;
    sleptAtNanos = nowNanos;
    return true;
  }

  private static boolean busy(KnownTorrent torrent, SwarmStatus status) {
    return status.readers() > 0
        || status.webrtcPeers() + status.tcpPeers() > 0
        || status.downloadRate() > 0
        || torrent.filesProblem().isPresent()
        || status.phase() == SwarmStatus.Phase.ERROR;
  }

  /** What is only in memory goes to disk before the session ends, if there is a disk to take it. */
  private boolean losesBytes(KnownTorrent torrent, SwarmStatus status) {
    boolean taken = library.holdings().limitBytes() > 0 && library.holdings().problem().isEmpty();
    return status.heldBytes() > torrent.safeBytes()
        && !(torrent.policy() == Policy.CACHED && taken);
  }

  /** Whether no more goes to disk of what is only in memory; more than a disk queue may take. */
  private boolean settled(KnownTorrent torrent, SwarmStatus status) {
    if (status.heldBytes() <= torrent.safeBytes()) {
      return true;
    }
    boolean begin = !settling;
    settling = true;
    return library.holdings().settle(torrent.infoHash(), begin);
  }
}
