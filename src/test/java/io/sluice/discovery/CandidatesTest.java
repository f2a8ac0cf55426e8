package io.sluice.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CandidatesTest {

  private static final CandidateLimits LIMITS =
      new CandidateLimits(
          10,
          3,
          3,
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(15),
          Duration.ofSeconds(60),
          Duration.ofMinutes(30));

  private static final List<FoundBy> SOURCES = List.of(FoundBy.values());

  private static final long SECOND = 1_000_000_000L;

  /** Near the end of the clock's range, so that a comparison without a difference shows. */
  private static final long START = Long.MAX_VALUE - 20 * SECOND;

  private final Candidates candidates = new Candidates(LIMITS, new Random(1));
  private long now = START;

  private static InetSocketAddress at(int host) {
    return at(host, 6881);
  }

  private static InetSocketAddress at(int host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("192.0.2." + host), port);
  }

  private void add(FoundBy by, InetSocketAddress... addresses) {
    candidates.add(List.of(addresses), by, now);
  }

  private Optional<InetSocketAddress> next() {
    return candidates.next(now);
  }

  private void pass(long seconds) {
    now += seconds * SECOND;
  }

  @Test
  void givesEachAddressOnceHoweverOftenItIsFound() {
    add(FoundBy.TRACKER, at(1), at(1), at(2));
    add(FoundBy.DHT, at(1));
    assertThat(candidates.size()).isEqualTo(2);
    assertThat(List.of(next().orElseThrow(), next().orElseThrow()))
        .containsExactlyInAnyOrder(at(1), at(2));
    assertThat(next()).isEmpty();
    assertThat(candidates.dialling()).isEqualTo(2);
    add(FoundBy.PEX, at(1));
    assertThat(next()).isEmpty();
    assertThat(candidates.untilNextNanos(now)).isEqualTo(Candidates.NEVER);
  }

  @Test
  void whatTheLinkNamesComesFirstAndWhatTheDhtSaysLast() {
    add(FoundBy.DHT, at(1));
    add(FoundBy.PEX, at(2));
    add(FoundBy.TRACKER, at(3));
    add(FoundBy.LSD, at(4));
    add(FoundBy.MAGNET, at(5));
    assertThat(IntStream.range(0, 5).mapToObj(_ -> next().orElseThrow()).toList())
        .containsExactly(at(5), at(4), at(3), at(2), at(1));
  }

  @Test
  void oneWhoWasGoodComesBeforeOneWhoIsUnknown() {
    add(FoundBy.PEX, at(1));
    assertThat(next()).contains(at(1));
    candidates.connected(at(1), now);
    assertThat(candidates.connected()).isEqualTo(1);
    assertThat(candidates.dialling()).isZero();
    pass(61);
    candidates.ended(at(1), now);
    add(FoundBy.TRACKER, at(2));
    pass(10);
    assertThat(next()).contains(at(1));
  }

  @Test
  void oneWhoFailedComesAfterAllOthersAndWaitsLongerEachTime() {
    add(FoundBy.TRACKER, at(1));
    assertThat(next()).contains(at(1));
    candidates.failed(at(1), now);
    assertThat(candidates.untilNextNanos(now)).isBetween(5 * SECOND, 10 * SECOND);
    pass(5);
    add(FoundBy.DHT, at(2));
    pass(5);
    assertThat(next()).contains(at(2));
    assertThat(next()).contains(at(1));
    candidates.failed(at(1), now);
    assertThat(candidates.untilNextNanos(now)).isBetween(10 * SECOND, 20 * SECOND);
    pass(9);
    assertThat(next()).isEmpty();
    pass(11);
    assertThat(next()).contains(at(1));
  }

  @Test
  void oneWhoFailsOverAndOverIsGivenUpAndForgottenMuchLater() {
    add(FoundBy.TRACKER, at(1));
    for (int i = 0; i < 3; i++) {
      assertThat(next()).contains(at(1));
      candidates.failed(at(1), now);
      pass(60);
    }
    add(FoundBy.TRACKER, at(1));
    assertThat(next()).isEmpty();
    assertThat(candidates.untilNextNanos(now)).isEqualTo(Candidates.NEVER);
    pass(Duration.ofMinutes(30).toSeconds());
    add(FoundBy.TRACKER, at(1));
    assertThat(next()).contains(at(1));
  }

  @Test
  void whatTheLinkNamesIsNeverGivenUp() {
    add(FoundBy.MAGNET, at(1));
    for (int i = 0; i < 50; i++) {
      assertThat(next()).contains(at(1));
      candidates.failed(at(1), now);
      assertThat(candidates.untilNextNanos(now)).isLessThanOrEqualTo(30 * SECOND);
      pass(30);
    }
  }

  @Test
  void aConnectionThatDidNotLastIsAFailure() {
    add(FoundBy.TRACKER, at(1));
    for (int i = 0; i < 3; i++) {
      assertThat(next()).contains(at(1));
      candidates.connected(at(1), now);
      pass(1);
      candidates.ended(at(1), now);
      assertThat(candidates.connected()).isZero();
      pass(60);
    }
    assertThat(next()).isEmpty();
  }

  @Test
  void whatIsHopelessIsNotTriedAgainAndWhatWasPostponedIs() {
    add(FoundBy.MAGNET, at(1), at(2));
    assertThat(List.of(next().orElseThrow(), next().orElseThrow())).hasSize(2);
    candidates.hopeless(at(1), now);
    candidates.postponed(at(2), now);
    pass(10);
    assertThat(next()).contains(at(2));
    for (int i = 0; i < 20; i++) {
      candidates.postponed(at(2), now);
      pass(10);
      assertThat(next()).contains(at(2));
    }
    assertThat(next()).isEmpty();
  }

  @Test
  void aHostHasOnlySoManyPorts() {
    add(FoundBy.PEX, at(1, 1), at(1, 2), at(1, 3), at(1, 4), at(2, 1));
    assertThat(candidates.size()).isEqualTo(4);
    assertThat(candidates.contains(at(1, 4))).isFalse();
  }

  @Test
  void malformedAddressesAreLeftOut() {
    add(FoundBy.PEX, at(1, 0), InetSocketAddress.createUnresolved("example.org", 1));
    assertThat(candidates.size()).isZero();
  }

  @Test
  void whenFullTheBetterWordDisplacesTheWorse() {
    for (int host = 1; host <= 12; host++) {
      add(FoundBy.DHT, at(host));
    }
    assertThat(candidates.size()).isEqualTo(10);
    assertThat(candidates.contains(at(11))).isFalse();
    for (int host = 21; host <= 32; host++) {
      add(FoundBy.TRACKER, at(host));
    }
    assertThat(candidates.size()).isEqualTo(10);
    assertThat(candidates.contains(at(1))).isFalse();
    assertThat(candidates.contains(at(30))).isTrue();
    assertThat(candidates.contains(at(31))).isFalse();
    InetSocketAddress failed = next().orElseThrow();
    candidates.failed(failed, now);
    add(FoundBy.DHT, at(40));
    assertThat(candidates.contains(failed)).isFalse();
    assertThat(candidates.contains(at(40))).isTrue();
  }

  @Test
  void privateTorrentKnowsOnlyWhatItsOwnTrackerFound() {
    add(FoundBy.TRACKER, at(1));
    add(FoundBy.OUR_TRACKER, at(2));
    add(FoundBy.DHT, at(3));
    add(FoundBy.PEX, at(4));
    add(FoundBy.LSD, at(5));
    add(FoundBy.MAGNET, at(6));
    add(FoundBy.DHT, at(50));
    add(FoundBy.TRACKER, at(50));
    assertThat(next()).isPresent();
    candidates.becomePrivate();
    add(FoundBy.DHT, at(60));
    add(FoundBy.MAGNET, at(61));
    add(FoundBy.OUR_TRACKER, at(62));
    assertThat(candidates.size()).isEqualTo(2);
    assertThat(candidates.dialling()).isZero();
    assertThat(candidates.contains(at(50))).isTrue();
    assertThat(candidates.contains(at(1).getAddress())).isTrue();
    assertThat(candidates.contains(at(6).getAddress())).isFalse();
  }

  /** Whatever comes in whatever order, the bounds and the counts hold. */
  @Test
  void boundsHoldWhateverHappens() {
    SeededCases.run(300, CandidatesTest::manyThings);
  }

  private static void manyThings(Random random) {
    Candidates candidates = new Candidates(LIMITS, random);
    Map<InetSocketAddress, Boolean> underWay = new HashMap<>();
    Set<InetSocketAddress> dialled = new HashSet<>();
    long now = START;
    for (int step = 0; step < 300; step++) {
      now += random.nextLong(20 * SECOND);
      switch (random.nextInt(5)) {
        case 0 -> {
          List<InetSocketAddress> found = new ArrayList<>();
          for (int i = random.nextInt(5); i > 0; i--) {
            found.add(at(random.nextInt(30), random.nextInt(6)));
          }
          candidates.add(found, SOURCES.get(random.nextInt(SOURCES.size())), now);
        }
        case 1, 2 -> {
          Optional<InetSocketAddress> next = candidates.next(now);
          next.ifPresent(
              address -> {
                assertThat(underWay).doesNotContainKey(address);
                underWay.put(address, false);
                dialled.add(address);
              });
          if (next.isEmpty()) {
            assertThat(candidates.untilNextNanos(now)).isPositive();
          }
        }
        default -> {
          Optional<InetSocketAddress> any = underWay.keySet().stream().findAny();
          if (any.isPresent()) {
            settle(candidates, any.get(), underWay, random.nextInt(5), now);
          }
        }
      }
      assertThat(candidates.size()).isLessThanOrEqualTo(10);
      assertThat(candidates.dialling())
          .isEqualTo((int) underWay.values().stream().filter(on -> !on).count());
      assertThat(candidates.connected())
          .isEqualTo((int) underWay.values().stream().filter(on -> on).count());
    }
    assertThat(dialled).isNotEmpty();
  }

  private static void settle(
      Candidates candidates,
      InetSocketAddress address,
      Map<InetSocketAddress, Boolean> underWay,
      int how,
      long now) {
    boolean connected = underWay.getOrDefault(address, false);
    if (!connected && how == 0) {
      candidates.connected(address, now);
      underWay.put(address, true);
      return;
    }
    underWay.remove(address);
    if (connected) {
      candidates.ended(address, now);
    } else if (how == 1) {
      candidates.postponed(address, now);
    } else if (how == 2) {
      candidates.hopeless(address, now);
    } else {
      candidates.failed(address, now);
    }
  }
}
