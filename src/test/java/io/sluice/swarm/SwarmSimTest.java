package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whole swarms in virtual time, with every kind of fault; see {@link Invariants}. */
final class SwarmSimTest {

  private static final long SECOND = 1_000_000_000L;

  private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
  private long steps;
  private int piecesRead;
  private int evictions;
  private int blocksServed;
  private int banned;
  private int bridged;
  private int restored;
  private int exchanges;
  private int peersFound;

  @Test
  void everySwarmServesItsReadersWhateverThePeersDo() {
    SeededCases.run(Integer.getInteger("sluice.simCases", 1_000), this::simulate);
    assertThat(fired.keySet()).containsExactlyInAnyOrder(Fault.values());
    assertThat(piecesRead).isGreaterThan(1000);
    assertThat(evictions).isGreaterThan(100);
    assertThat(blocksServed).isGreaterThan(100);
    assertThat(banned).isGreaterThan(10);
    assertThat(bridged).isGreaterThan(1000);
    assertThat(restored).isPositive();
    assertThat(exchanges).isGreaterThan(100);
    assertThat(peersFound).isGreaterThan(100);
    assertThat(fired.values()).allMatch(times -> times > 10);
    System.out.printf(
        "%d steps, %d read, %d evicted, %d served, %d banned, %d bridged, %d restored, %d+%d pex, %s%n",
        steps,
        piecesRead,
        evictions,
        blocksServed,
        banned,
        bridged,
        restored,
        exchanges,
        peersFound,
        fired);
  }

  private void simulate(Random random) {
    boolean magnet = random.nextInt(3) == 0;
    SimSwarm swarm = SimProportions.random(new Random(random.nextLong()), magnet);
    int count = random.nextInt(20) == 0 ? 10 + random.nextInt(40) : 1 + random.nextInt(9);
    for (int i = 0; i < count; i++) {
      swarm.add(faults(random), random.nextInt(3) == 0 ? 1 : random.nextDouble());
    }
    swarm.live();
    swarm.run(random.nextInt(20) * SECOND);
    swarm.addAnchor();
    // Long enough, now and then, for whoever is never served to be noticed.
    swarm.run(
        (random.nextInt(16) == 0 ? 100 + random.nextInt(80) : 10 + random.nextInt(20)) * SECOND);
    swarm.check();
    steps += swarm.steps;
    piecesRead += swarm.piecesRead;
    evictions += swarm.evictions;
    blocksServed += swarm.blocksServed;
    banned += swarm.bannedForData.size();
    bridged += swarm.bridged;
    restored += swarm.restored;
    exchanges += swarm.exchanges;
    peersFound += swarm.peersFound;
    swarm.fired.forEach((fault, times) -> fired.merge(fault, times, Integer::sum));
  }

  private static Set<Fault> faults(Random random) {
    EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
    if (random.nextInt(3) > 0) {
      for (Fault fault : Fault.values()) {
        if (random.nextInt(5) == 0) {
          faults.add(fault);
        }
      }
    }
    return faults;
  }
}
