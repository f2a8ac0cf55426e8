package io.sluice.library;

import java.time.Duration;

/**
 * The bounds of the library.
 *
 * @param torrents that are known at a time
 * @param keptBytes of all torrents together that are kept whole; {@link Long#MAX_VALUE} leaves it
 *     to what can be held
 * @param rest how long nobody may use a torrent before it goes dormant
 * @param patience how long one that wants something from peers waits for them before it does
 * @param retry how long it then rests before it tries again
 * @param fetching torrents that are awake at a time only because they want something from peers
 * @param viewGap a reader after so long without any is a new view
 * @param cachedInfoBytes of metadata that was read from disk and may be asked for again soon
 */
public record LibraryLimits(
    int torrents,
    long keptBytes,
    Duration rest,
    Duration patience,
    Duration retry,
    int fetching,
    Duration viewGap,
    int cachedInfoBytes) {

  public static final LibraryLimits DEFAULT =
      new LibraryLimits(
          10_000,
          Long.MAX_VALUE,
          Duration.ofMinutes(1),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          200,
          Duration.ofMinutes(10),
          16 * 1024 * 1024);

  public LibraryLimits {
    if (torrents <= 0 || keptBytes <= 0 || fetching <= 0 || cachedInfoBytes <= 0) {
      throw new IllegalArgumentException("a limit must be positive");
    }
    if (!rest.isPositive()
        || !patience.isPositive()
        || !retry.isPositive()
        || !viewGap.isPositive()) {
      throw new IllegalArgumentException("a time must be positive");
    }
  }

  /** These limits for so many torrents and so many bytes of those that are kept. */
  public LibraryLimits within(int maxTorrents, long maxKeptBytes) {
    return new LibraryLimits(
        maxTorrents, maxKeptBytes, rest, patience, retry, fetching, viewGap, cachedInfoBytes);
  }
}
