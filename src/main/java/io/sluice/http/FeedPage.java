package io.sluice.http;

import io.sluice.library.KnownTorrent;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The torrents of one page of the feed: the latest first, those behind the cursor. What comes while
 * somebody pages is before the first page, so that nobody sees a torrent twice or misses one.
 *
 * @param next the cursor of the page after this one, if there is one
 */
record FeedPage(List<Entry> entries, Optional<Cursor> next) {

  /** A torrent that is known well enough to be published. */
  record Entry(KnownTorrent torrent, TorrentInfo info) {}

  /** The last torrent of a page. */
  record Cursor(long addedMillis, InfoHash infoHash) implements Comparable<Cursor> {
    private static final Comparator<Cursor> ORDER =
        Comparator.comparingLong((Cursor cursor) -> -cursor.addedMillis())
            .thenComparing(cursor -> cursor.infoHash().hex());

    @Override
    public int compareTo(Cursor other) {
      return ORDER.compare(this, other);
    }

    String text() {
      return addedMillis + "-" + infoHash.hex();
    }

    /**
     * The cursor that a URL names.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Cursor parse(String text) {
      int dash = text.lastIndexOf('-');
      try {
        return new Cursor(
            Long.parseLong(text.substring(0, Math.max(0, dash))),
            InfoHash.parse(text.substring(dash + 1)));
      } catch (NumberFormatException | WireException malformed) {
        throw new IllegalArgumentException("\"before\" names no page", malformed);
      }
    }
  }

  FeedPage {
    entries = List.copyOf(entries);
  }

  /**
   * Cuts a page.
   *
   * @param published which torrents may be shown
   * @param limit at least 1
   */
  static FeedPage of(
      List<KnownTorrent> torrents,
      Predicate<InfoHash> published,
      Optional<Cursor> after,
      int limit) {
    List<KnownTorrent> behind =
        torrents.stream()
            .filter(torrent -> published.test(torrent.infoHash()))
            .filter(FeedPage::isPublic)
            .filter(torrent -> after.map(last -> cursor(torrent).compareTo(last) > 0).orElse(true))
            .sorted(Comparator.comparing(FeedPage::cursor))
            .limit(limit + 1L)
            .toList();
    List<KnownTorrent> page = behind.subList(0, Math.min(limit, behind.size()));
    // Only of those of the page: of the others the metadata is in files.
    List<Entry> entries = page.stream().flatMap(torrent -> entry(torrent).stream()).toList();
    return new FeedPage(
        entries, behind.size() > limit ? Optional.of(cursor(page.getLast())) : Optional.empty());
  }

  /** Those without metadata are not, nor private ones (BEP 27). */
  private static boolean isPublic(KnownTorrent torrent) {
    return torrent.summary().isPresent() && !torrent.privateTorrent();
  }

  private static Cursor cursor(KnownTorrent torrent) {
    return new Cursor(torrent.added().toEpochMilli(), torrent.infoHash());
  }

  private static Optional<Entry> entry(KnownTorrent torrent) {
    return torrent.info().map(info -> new Entry(torrent, info));
  }
}
