package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who leaves, and that the bound holds. */
final class EvictionOrderTest {

  @Test
  void neverHoldsMoreThanItsLimit() {
    Random random = new Random(7);
    EvictionOrder<Integer> order = new EvictionOrder<>(1000, 200, key -> 1 + key % 50);
    Set<Integer> here = new HashSet<>();
    long limit = 1000;
    for (int step = 0; step < 20_000; step++) {
      int key = random.nextInt(300);
      switch (random.nextInt(8)) {
        case 0 -> {
          limit = 500L + random.nextInt(1000);
          order.limit(limit);
        }
        case 1 -> assertThat(order.remove(key)).isEqualTo(here.remove(key));
        case 2, 3 -> order.guard(key);
        default -> {
          assertThat(order.use(key)).as("step %d", step).isEqualTo(here.contains(key));
          if (here.add(key)) {
            order.add(key);
          }
        }
      }
      for (int victim : order.drainVictims()) {
        assertThat(here.remove(victim)).as("step %d", step).isTrue();
      }
      assertThat(order.bytes()).isLessThanOrEqualTo(limit);
      assertThat(order.bytes()).isEqualTo(here.stream().mapToInt(k -> 1 + k % 50).sum());
    }
    assertThat(order.coldestFirst()).containsExactlyInAnyOrderElementsOf(here);
  }

  @Test
  void guardedOnesLeaveLast() {
    EvictionOrder<Integer> order = new EvictionOrder<>(100, 20, _ -> 1);
    for (int key = 0; key < 20; key++) {
      order.add(key);
      order.guard(key);
    }
    for (int key = 1000; key < 3000; key++) {
      order.add(key);
    }
    assertThat(order.drainVictims()).noneMatch(key -> key < 20);
    order.limit(10);
    assertThat(order.bytes()).isLessThanOrEqualTo(10);
    List<Integer> left = order.coldestFirst();
    assertThat(left).allMatch(key -> key < 20);
  }

  @Test
  void hitsAtLeastAsOftenAsPlainLru() {
    for (ViewerTrace.Setting setting : ViewerTrace.SETTINGS) {
      ViewerTrace.Rates rates = ViewerTrace.run(setting.withViews(setting.views() / 4), 1);
      assertThat(rates.requests()).isGreaterThan(50_000);
      assertThat(rates.ours()).as("%s", setting).isGreaterThanOrEqualTo(rates.lru());
      assertThat(rates.oursHeads()).as("%s", setting).isGreaterThanOrEqualTo(rates.lruHeads());
    }
  }
}
