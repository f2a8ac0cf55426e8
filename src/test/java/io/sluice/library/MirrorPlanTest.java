package io.sluice.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.library.MirrorPlan.Held;
import io.sluice.library.MirrorPlan.Rules;
import io.sluice.library.MirrorPlan.Strategy;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MirrorPlanTest {

  private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private static InfoHash hash(int n) {
    return InfoHash.parse("%040x".formatted(n));
  }

  /** Published so many hours ago. */
  private static FeedItem item(int n, int hoursAgo, long bytes, long views) {
    URI url = URI.create("http://origin.example/torrents/" + hash(n).hex() + ".torrent");
    return new FeedItem(hash(n), NOW.minus(HOUR.multipliedBy(hoursAgo)), bytes, views, url);
  }

  private static Held held(int n, long bytes) {
    return new Held(hash(n), bytes, Optional.empty());
  }

  private static Rules rules(Strategy strategy, long budget) {
    return new Rules(strategy, budget, 100, Duration.ZERO, HOUR);
  }

  private static List<InfoHash> added(MirrorPlan plan) {
    return plan.add().stream().map(FeedItem::infoHash).toList();
  }

  @Test
  void takesAllThatFits() {
    MirrorPlan plan =
        MirrorPlan.of(
            List.of(item(1, 1, 40, 0), item(2, 3, 70, 0), item(3, 2, 20, 0)),
            List.of(),
            rules(Strategy.ALL, 100),
            NOW);
    assertThat(added(plan))
        .as("the oldest first; what does not fit is passed over")
        .containsExactly(hash(2), hash(3));
    assertThat(plan.drop()).isEmpty();
  }

  @Test
  void aFullMirrorOfAllStaysAsItIs() {
    MirrorPlan plan =
        MirrorPlan.of(
            List.of(item(1, 9, 60, 0), item(2, 1, 60, 0)),
            List.of(held(2, 60)),
            rules(Strategy.ALL, 100),
            NOW);
    assertThat(plan).isEqualTo(new MirrorPlan(List.of(), List.of()));
  }

  @Test
  void theLatestPushOutOlderOnes() {
    MirrorPlan plan =
        MirrorPlan.of(
            List.of(item(1, 9, 60, 0), item(2, 1, 60, 0)),
            List.of(held(1, 60)),
            rules(Strategy.RECENTLY_ADDED, 100),
            NOW);
    assertThat(added(plan)).containsExactly(hash(2));
    assertThat(plan.drop()).containsExactly(hash(1));
  }

  @Test
  void theMostViewedPushOutOthersButNotByAHair() {
    List<Held> holds = List.of(held(1, 60));
    Rules rules = rules(Strategy.MOST_VIEWED, 100);
    assertThat(MirrorPlan.of(List.of(item(1, 9, 60, 100), item(2, 1, 60, 120)), holds, rules, NOW))
        .isEqualTo(new MirrorPlan(List.of(), List.of()));
    MirrorPlan plan =
        MirrorPlan.of(List.of(item(1, 9, 60, 100), item(2, 1, 60, 126)), holds, rules, NOW);
    assertThat(added(plan)).containsExactly(hash(2));
    assertThat(plan.drop()).containsExactly(hash(1));
  }

  @Test
  void waitsUntilATorrentIsOldEnough() {
    Rules rules = new Rules(Strategy.ALL, 100, 100, HOUR.multipliedBy(2), HOUR);
    List<FeedItem> items = List.of(item(1, 1, 10, 0), item(2, 2, 10, 0));
    assertThat(added(MirrorPlan.of(items, List.of(), rules, NOW))).containsExactly(hash(2));
    assertThat(MirrorPlan.of(items, List.of(held(1, 10)), rules, NOW).drop())
        .as("what is here already stays")
        .isEmpty();
  }

  @Test
  void holdsForAWhileWhatIsNoLongerPublished() {
    Held gone = new Held(hash(1), 60, Optional.of(NOW.minus(HOUR).plusSeconds(1)));
    Held longGone = new Held(hash(2), 10, Optional.of(NOW.minus(HOUR)));
    Rules rules = rules(Strategy.ALL, 100);
    assertThat(MirrorPlan.of(List.of(), List.of(gone, longGone), rules, NOW).drop())
        .containsExactly(hash(2));
    assertThat(MirrorPlan.of(List.of(item(3, 1, 50, 0)), List.of(gone), rules, NOW).drop())
        .as("unless the room is wanted")
        .containsExactly(hash(1));
  }

  @Test
  void keepsToTheNumberOfTorrents() {
    Rules rules = new Rules(Strategy.ALL, 100, 2, Duration.ZERO, HOUR);
    List<FeedItem> items = List.of(item(1, 3, 1, 0), item(2, 2, 1, 0), item(3, 1, 1, 0));
    assertThat(added(MirrorPlan.of(items, List.of(), rules, NOW))).hasSize(2);
  }

  @Test
  void isStableAndWithinItsBudgetWhateverComes() {
    for (long seed = 0; seed < 2_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<FeedItem> items = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        items.add(
            item(
                random.nextInt(15),
                random.nextInt(50),
                random.nextLong(1, 60),
                random.nextLong(5)));
      }
      List<Held> holds = new ArrayList<>();
      for (int n = 0; n < 15; n++) {
        if (random.nextInt(4) == 0) {
          Optional<Instant> missing =
              random.nextBoolean()
                  ? Optional.empty()
                  : Optional.of(NOW.minusSeconds(random.nextInt(7200)));
          int held = n;
          long bytes =
              items.stream()
                  .filter(item -> item.infoHash().equals(hash(held)))
                  .findFirst()
                  .map(FeedItem::lengthBytes)
                  .orElse(20L);
          holds.add(new Held(hash(n), bytes, missing));
        }
      }
      Strategy strategy = List.copyOf(EnumSet.allOf(Strategy.class)).get(random.nextInt(3));
      Rules rules = rules(strategy, random.nextLong(150));
      MirrorPlan plan = MirrorPlan.of(items, holds, rules, NOW);

      List<Held> after = new ArrayList<>(holds);
      after.removeIf(each -> plan.drop().contains(each.infoHash()));
      plan.add()
          .forEach(
              item -> after.add(new Held(item.infoHash(), item.lengthBytes(), Optional.empty())));
      String what = "seed " + seed;
      assertThat(after.stream().mapToLong(Held::lengthBytes).sum())
          .as(what)
          .isLessThanOrEqualTo(rules.budgetBytes());
      Set<InfoHash> before = new HashSet<>(holds.stream().map(Held::infoHash).toList());
      assertThat(plan.drop()).as(what).allMatch(before::contains);
      assertThat(added(plan)).as(what).noneMatch(before::contains);
      assertThat(MirrorPlan.of(items, after, rules, NOW).drop())
          .as(what + ": what was planned once is not undone")
          .isEmpty();
    }
  }
}
