package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * People who watch a film, in virtual time: whether the picture goes on while most of the swarm is
 * bad. A whole film is some 170 seconds of 5 Mbit/s.
 */
final class PacedViewersSimTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int PIECE = 256 * 1024;
  private static final int PIECES = 400;
  private static final long FILM = 625_000;
  private static final int SEEDS = Integer.getInteger("sluice.simPlays", 20);

  private static SimSwarm swarm(int seed) {
    PieceGeometry geometry = new PieceGeometry((long) PIECE * PIECES, PIECE);
    SimSwarm swarm = new SimSwarm(new Random(seed), geometry, PIECES, SwarmLimits.DEFAULT);
    swarm.know(new BitSet());
    return swarm;
  }

  private static void good(SimSwarm swarm, long bytesPerSecond, int delayMillis) {
    swarm.add(EnumSet.noneOf(Fault.class), 1, new SimPeer.Line(bytesPerSecond, delayMillis, true));
  }

  private static void bad(SimSwarm swarm, Fault fault, int delayMillis) {
    swarm.add(EnumSet.of(fault), 1, new SimPeer.Line(1_500_000, delayMillis, true));
  }

  private static void fiveBad(SimSwarm swarm, int delayMillis) {
    swarm.add(EnumSet.noneOf(Fault.class), 1, new SimPeer.Line(20_000, delayMillis, true));
    bad(swarm, Fault.STALL, delayMillis);
    bad(swarm, Fault.BAD_DATA, delayMillis);
    bad(swarm, Fault.CHOKE, delayMillis);
    bad(swarm, Fault.LEAVE, delayMillis);
  }

  /** Someone watches, jumps, watches on, jumps back. */
  @ParameterizedTest
  @CsvSource({
    "1,20", "2,20", "3,20", "4,20", "5,20", "1,50", "2,50", "3,50", "4,50", "5,50", "1,100",
    "2,100", "3,100"
  })
  void oneGoodPeerAmongFiveBadOnesIsEnough(int seed, int delayMillis) {
    SimSwarm swarm = swarm(seed);
    good(swarm, 2_500_000, delayMillis);
    fiveBad(swarm, delayMillis);
    swarm.run(SECOND);
    List<SimPlayer> plays = new ArrayList<>();
    for (int piece : new int[] {0, 180, 330, 60}) {
      SimPlayer player = swarm.play(piece, FILM);
      plays.add(player);
      swarm.run(15 * SECOND);
      player.close();
    }
    assertThat(plays)
        .allSatisfy(
            player -> {
              assertThat(player.startNanos).isBetween(0L, 2 * SECOND);
              assertThat(player.stalls).isEmpty();
            });
    assertThat(swarm.fired).isNotEmpty();
  }

  /** Bad by the clock, in the ways that cost most, and without any extension of the protocol. */
  private static void fiveBadByTheClock(SimSwarm swarm, int delayMillis) {
    SimPeer.Line line = SimPeer.Line.bare(2_500_000, delayMillis);
    EnumSet<Fault> none = EnumSet.noneOf(Fault.class);
    swarm.add(none, 1, SimPeer.Line.bare(15_000, delayMillis));
    swarm.add(EnumSet.of(Fault.BAD_DATA), 1, line);
    SimPeer stalls = swarm.add(none, 1, line);
    every(swarm, 12 * SECOND, 2 * SECOND, () -> stalls.stall(10 * SECOND));
    SimPeer chokes = swarm.add(EnumSet.of(Fault.CHOKE), 1, line);
    every(swarm, 5 * SECOND / 2, 5 * SECOND / 2, () -> chokes.choke(true));
    every(swarm, 5 * SECOND / 2, 7 * SECOND / 2, () -> chokes.choke(false));
    SimPeer[] leaves = {swarm.add(none, 1, line)};
    every(swarm, 3 * SECOND, 2 * SECOND, () -> leaves[0].depart());
    every(swarm, 3 * SECOND, 3 * SECOND, () -> leaves[0] = swarm.add(none, 1, line));
  }

  private static void every(SimSwarm swarm, long nanos, long firstNanos, Runnable what) {
    swarm.clock.after(
        firstNanos,
        () -> {
          what.run();
          every(swarm, nanos, nanos, what);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 50})
  void oneGoodPeerIsEnoughHoweverOthersTimeWhatTheyDo(int delayMillis) {
    List<String> stalled = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      SimSwarm swarm = swarm(seed);
      swarm.add(EnumSet.noneOf(Fault.class), 1, SimPeer.Line.bare(2_500_000, delayMillis));
      fiveBadByTheClock(swarm, delayMillis);
      swarm.run(3 * SECOND / 2);
      for (int piece : new int[] {0, 180, 330}) {
        SimPlayer player = swarm.play(piece, FILM);
        swarm.run(8 * SECOND);
        player.close();
        if (!player.stalls.isEmpty()) {
          stalled.add("seed " + seed + " " + player);
        }
      }
      assertThat(swarm.fired).as("seed %s", seed).containsKey(Fault.BAD_DATA);
    }
    assertThat(stalled).isEmpty();
  }

  /** The line has a third more than all films together. */
  @Test
  void eightViewersOfOneLineShareItSoThatNobodyStalls() {
    SimSwarm swarm = swarm(1);
    good(swarm, 8 * FILM * 4 / 3, 30);
    swarm.run(SECOND);
    List<SimPlayer> players = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      players.add(swarm.play(i * 50, FILM));
      swarm.run(SECOND / 4);
    }
    swarm.run(15 * SECOND);
    for (int i = 0; i < 8; i++) {
      SimPlayer player = players.get(i);
      player.close();
      assertThat(player.stalls).isEmpty();
      assertThat(player.position() - i * 50).as("pieces read").isGreaterThan(30);
    }
  }

  /** Whoever copies as fast as it goes is given what the players leave. */
  @Test
  void whoCopiesDoesNotStarveWhoWatches() {
    SimSwarm swarm = swarm(2);
    good(swarm, 3 * FILM, 30);
    swarm.run(SECOND);
    SimPlayer player = swarm.play(0, FILM);
    swarm.run(3 * SECOND);
    SimStream copy = swarm.stream(200, PIECES - 1);
    swarm.run(20 * SECOND);
    player.close();
    assertThat(player.stalls).isEmpty();
    assertThat(copy.read()).isGreaterThan(60);
  }

  /** The first to be asked stops answering; what is about to be played comes from another. */
  @Test
  void whatIsNeededSoonIsAskedAgainAndTheLoserIsCancelled() {
    SimSwarm swarm = swarm(3);
    good(swarm, 2_000_000, 20);
    SimPeer dies = swarm.add(EnumSet.noneOf(Fault.class), 1, new SimPeer.Line(4_000_000, 20, true));
    swarm.run(SECOND);
    SimPlayer player = swarm.play(0, FILM);
    swarm.run(SECOND / 2);
    dies.die();
    swarm.run(20 * SECOND);
    player.close();
    assertThat(swarm.askedAgain).isPositive();
    assertThat(swarm.cancels).isPositive();
    assertThat(player.stalls)
        .allSatisfy(stall -> assertThat(stall.to() - stall.from()).isLessThan(1000));
    assertThat(player.position()).isGreaterThan(40);
  }
}
