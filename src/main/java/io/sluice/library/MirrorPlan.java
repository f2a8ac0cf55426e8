package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a mirror is to fetch and what to drop, from what its origins publish, what it holds and how
 * much it may hold. Pure: the same is said for the same.
 *
 * @param add what to fetch, the most wanted first
 * @param drop what to give up, of what the mirror holds for its origins
 */
public record MirrorPlan(List<FeedItem> add, List<InfoHash> drop) {

  /** Whose torrents come first when not all fit. */
  public enum Strategy {
    /** What is held, then the oldest: a mirror that is full stays as it is. */
    ALL,
    /** The latest. */
    RECENTLY_ADDED,
    /** Those that are watched most. */
    MOST_VIEWED
  }

  /**
   * What an operator asked for.
   *
   * @param budgetBytes of all torrents that are mirrored
   * @param minAge how long a torrent has been published before it is mirrored
   * @param grace how long one is held that its origin no longer publishes
   */
  public record Rules(
      Strategy strategy, long budgetBytes, int maxTorrents, Duration minAge, Duration grace) {
    public Rules {
      if (budgetBytes < 0 || maxTorrents < 1 || minAge.isNegative() || grace.isNegative()) {
        throw new IllegalArgumentException(
            "a mirror of %d bytes, %d torrents, after %s, for %s"
                .formatted(budgetBytes, maxTorrents, minAge, grace));
      }
    }
  }

  /**
   * A torrent that is here because an origin published it.
   *
   * @param missingSince when it was no longer seen in its origin's feed; empty while it is there,
   *     or nobody knows
   */
  public record Held(InfoHash infoHash, long lengthBytes, Optional<Instant> missingSince) {}

  /**
   * What is held counts for a fourth more views than what is not, so that two torrents that are
   * watched alike do not take turns.
   */
  private static final double HELD_VIEWS = 1.25;

  public MirrorPlan {
    add = List.copyOf(add);
    drop = List.copyOf(drop);
  }

  /**
   * Plans.
   *
   * @param items of all origins; of two with one infohash the first counts
   */
  public static MirrorPlan of(
      Collection<FeedItem> items, Collection<Held> held, Rules rules, Instant now) {
    Map<InfoHash, Held> holds = new LinkedHashMap<>();
    held.forEach(each -> holds.putIfAbsent(each.infoHash(), each));
    Map<InfoHash, FeedItem> published = new LinkedHashMap<>();
    items.forEach(item -> published.putIfAbsent(item.infoHash(), item));
    Room room = new Room(rules);
    List<FeedItem> add = new ArrayList<>();
    published.values().stream()
        .filter(
            item ->
                holds.containsKey(item.infoHash())
                    || !item.published().plus(rules.minAge()).isAfter(now))
        .sorted(order(rules.strategy(), holds.keySet()))
        .filter(item -> room.take(item.infoHash(), item.lengthBytes()))
        .filter(item -> !holds.containsKey(item.infoHash()))
        .forEach(add::add);
    // What is gone from the feeds has the room that is left, for as long as it may come back.
    holds.values().stream()
        .filter(each -> !published.containsKey(each.infoHash()))
        .filter(each -> isInGrace(each, rules.grace(), now))
        .forEach(each -> room.take(each.infoHash(), each.lengthBytes()));
    List<InfoHash> drop =
        holds.keySet().stream().filter(infoHash -> !room.taken.contains(infoHash)).toList();
    return new MirrorPlan(add, drop);
  }

  private static boolean isInGrace(Held held, Duration grace, Instant now) {
    return held.missingSince().map(since -> since.plus(grace).isAfter(now)).orElse(true);
  }

  private static Comparator<FeedItem> order(Strategy strategy, Set<InfoHash> held) {
    Comparator<FeedItem> oldest = Comparator.comparing(FeedItem::published);
    Comparator<FeedItem> latest = oldest.reversed();
    Comparator<FeedItem> last = Comparator.comparing(item -> item.infoHash().hex());
    return switch (strategy) {
      case ALL ->
          Comparator.comparing((FeedItem item) -> !held.contains(item.infoHash()))
              .thenComparing(oldest)
              .thenComparing(last);
      case RECENTLY_ADDED -> latest.thenComparing(last);
      case MOST_VIEWED ->
          Comparator.comparingDouble((FeedItem item) -> -views(item, held))
              .thenComparing(latest)
              .thenComparing(last);
    };
  }

  private static double views(FeedItem item, Set<InfoHash> held) {
    return held.contains(item.infoHash()) ? item.views() * HELD_VIEWS : item.views();
  }

  /** The room that is left, and who has it. */
  private static final class Room {
    private final Set<InfoHash> taken = new HashSet<>();
    private final int maxTorrents;
    private long freeBytes;

    Room(Rules rules) {
      freeBytes = rules.budgetBytes();
      maxTorrents = rules.maxTorrents();
    }

    /** Takes room for one torrent if there is so much. */
    boolean take(InfoHash infoHash, long bytes) {
      if (bytes > freeBytes || taken.size() >= maxTorrents) {
        return false;
      }
      freeBytes -= bytes;
      return taken.add(infoHash);
    }
  }
}
