package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The torrents of the library, by infohash and in the order in which they came.
 *
 * <p>Invariant: between changes both name the same torrents. They are changed under the library's
 * lock, and read by any thread.
 */
final class Listing {

  private record Entry(KnownTorrent torrent, long order) {}

  private final Map<InfoHash, Entry> entries = new ConcurrentHashMap<>();
  private final ConcurrentNavigableMap<Long, KnownTorrent> inOrder = new ConcurrentSkipListMap<>();
  private long arrivals;

  /** Adds one that is not here, at the end. */
  void add(KnownTorrent torrent) {
    long order = arrivals++;
    entries.put(torrent.infoHash(), new Entry(torrent, order));
    inOrder.put(order, torrent);
  }

  /** Takes one out; null when it is not here. */
  @Nullable KnownTorrent remove(InfoHash infoHash) {
    Entry removed = entries.remove(infoHash);
    if (removed == null) {
      return null;
    }
    inOrder.remove(removed.order());
    return removed.torrent();
  }

  void clear() {
    entries.clear();
    inOrder.clear();
  }

  @Nullable KnownTorrent find(InfoHash infoHash) {
    Entry entry = entries.get(infoHash);
    return entry == null ? null : entry.torrent();
  }

  boolean contains(InfoHash infoHash) {
    return entries.containsKey(infoHash);
  }

  int size() {
    return entries.size();
  }

  /** All, as they are while one goes through them. */
  Collection<KnownTorrent> inOrder() {
    return Collections.unmodifiableCollection(inOrder.values());
  }

  /** See {@link Library#list(String, int, int)}. */
  Library.Page page(String query, int offset, int limit) {
    String wanted = query.toLowerCase(Locale.ROOT);
    Collection<KnownTorrent> found =
        wanted.isEmpty()
            ? inOrder.values()
            : inOrder.values().stream().filter(torrent -> matches(torrent, wanted)).toList();
    int total = wanted.isEmpty() ? entries.size() : found.size();
    return new Library.Page(found.stream().skip(offset).limit(limit).toList(), total);
  }

  private static boolean matches(KnownTorrent torrent, String wanted) {
    return torrent.name().toLowerCase(Locale.ROOT).contains(wanted)
        || torrent.infoHash().hex().startsWith(wanted);
  }
}
