package io.sluice.library;

import io.sluice.wire.InfoHash;

/**
 * What {@link Policy#KEPT} means for the room on disk: a torrent that is to be kept is pinned there
 * from then on, and has room reserved as soon as its length is known and there is as much.
 *
 * <p>Changes are made under the library's lock; {@link #refusal} is for any thread.
 */
final class KeptTorrents {

  private final Holdings holdings;
  private final KeptBytes room;

  KeptTorrents(Holdings holdings, LibraryLimits limits) {
    this.holdings = holdings;
    room = new KeptBytes(() -> Math.min(limits.keptBytes(), holdings.limitBytes()));
  }

  /** One of an earlier run: what did fit once is kept, also when there is less room now. */
  void restore(KnownTorrent torrent) {
    if (torrent.policy() == Policy.KEPT) {
      torrent.summary().ifPresent(known -> room.force(torrent.infoHash(), known.totalBytes()));
      pin(torrent);
    }
  }

  /**
   * Reserves room for a torrent that is to be kept.
   *
   * @throws QuotaException when there is not as much; nothing has changed then
   */
  void admit(InfoHash infoHash, long bytes) {
    if (!room.admit(infoHash, bytes)) {
      throw new QuotaException(room.refusal(bytes));
    }
  }

  /** Has a torrent's pieces stay on disk, if it is to be kept. */
  void pin(KnownTorrent torrent) {
    if (torrent.policy() == Policy.KEPT) {
      holdings.pin(torrent.infoHash(), true);
    }
  }

  /** A torrent is to be kept no more. */
  void release(InfoHash infoHash) {
    room.release(infoHash);
    holdings.pin(infoHash, false);
  }

  /** A torrent is known no more: what is held of it goes. */
  void forget(InfoHash infoHash) {
    room.release(infoHash);
    holdings.forget(infoHash);
  }

  /** Whether a torrent has the room that its policy asks for, which is reserved if it can be. */
  boolean fits(KnownTorrent torrent) {
    return torrent.policy() != Policy.KEPT
        || torrent
            .summary()
            .map(known -> room.admit(torrent.infoHash(), known.totalBytes()))
            .orElse(true);
  }

  /** Why a torrent has no room. */
  String refusal(KnownTorrent torrent) {
    return room.refusal(torrent.summary().map(TorrentSummary::totalBytes).orElse(0L));
  }
}
