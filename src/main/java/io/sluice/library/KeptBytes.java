package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** What kept torrents take of the room that there is for them. Safe for any thread. */
final class KeptBytes {

  private final LongSupplier limit;
  private final Map<InfoHash, Long> admitted = new HashMap<>();
  private long bytes;

  KeptBytes(LongSupplier limit) {
    this.limit = limit;
  }

  /** Takes room for a torrent; false when there is not as much. */
  synchronized boolean admit(InfoHash infoHash, long torrentBytes) {
    if (admitted.containsKey(infoHash)) {
      return true;
    }
    if (torrentBytes > limit.getAsLong() - bytes) {
      return false;
    }
    force(infoHash, torrentBytes);
    return true;
  }

  /** The same, whether there is room or not. */
  synchronized void force(InfoHash infoHash, long torrentBytes) {
    if (admitted.putIfAbsent(infoHash, torrentBytes) == null) {
      bytes += torrentBytes;
    }
  }

  synchronized void release(InfoHash infoHash) {
    Long torrentBytes = admitted.remove(infoHash);
    bytes -= torrentBytes == null ? 0 : torrentBytes;
  }

  /** Why a torrent of that length has no room. */
  synchronized String refusal(long torrentBytes) {
    long all = limit.getAsLong();
    return "the torrent has %d bytes, and of the %d for torrents that are kept %d are free"
        .formatted(torrentBytes, all, Math.max(0, all - bytes));
  }
}
