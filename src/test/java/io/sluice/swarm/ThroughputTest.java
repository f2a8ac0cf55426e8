package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.PeerMessage;
import org.junit.jupiter.api.Test;

final class ThroughputTest {

  private static final long MILLI = 1_000_000L;
  private static final int BLOCK = PeerMessage.BLOCK_BYTES;

  private final Throughput throughput = new Throughput();
  private long now;

  /** So many blocks, one each so many milliseconds, after a latency. */
  private void deliver(int blocks, long latencyMillis, long everyMillis) {
    long sent = now;
    throughput.asked(now);
    now += latencyMillis * MILLI;
    for (int i = 1; i <= blocks; i++) {
      throughput.delivered(BLOCK, sent, i == 1, i == blocks, false, now);
      now += everyMillis * MILLI;
    }
  }

  @Test
  void latencyIsNotTakenForSlowness() {
    deliver(60, 500, 10);
    assertThat(throughput.bytesPerSecond()).isBetween(1_500_000L, 1_700_000L);
    assertThat(throughput.latencyNanos()).isEqualTo(500 * MILLI);
  }

  @Test
  void restingIsNotTakenForSlowness() {
    deliver(60, 20, 10);
    long before = throughput.bytesPerSecond();
    now += 60_000 * MILLI;
    throughput.stalling(now);
    assertThat(throughput.bytesPerSecond()).isEqualTo(before);
    deliver(60, 20, 10);
    assertThat(throughput.bytesPerSecond()).isBetween(before * 9 / 10, before * 11 / 10);
  }

  @Test
  void aPeerThatStallsBecomesSlow() {
    deliver(60, 20, 10);
    long before = throughput.bytesPerSecond();
    throughput.asked(now);
    for (int i = 0; i < 100; i++) {
      now += 100 * MILLI;
      throughput.stalling(now);
    }
    assertThat(throughput.bytesPerSecond()).isLessThan(before / 10);
  }

  @Test
  void singleBlocksAreEnoughToTellASlowPeer() {
    deliver(1, 400, 0);
    assertThat(throughput.measured()).isTrue();
    assertThat(throughput.bytesPerSecond()).isBetween(40_000L, 42_000L);
  }

  @Test
  void depthCoversTheLatency() {
    deliver(200, 500, 10);
    // 1.6 MB/s for 1.5 s are 150 blocks.
    assertThat(throughput.depth(1000 * MILLI)).isBetween(145, 158);
    assertThat(throughput.etaNanos(0) / MILLI).isBetween(505L, 515L);
    assertThat(throughput.leftNanos(9, 0, now) / MILLI).isBetween(95L, 105L);
  }

  @Test
  void patienceHasBounds() {
    assertThat(throughput.patienceNanos()).isEqualTo(6_000 * MILLI);
    deliver(100, 5, 1);
    assertThat(throughput.patienceNanos()).isEqualTo(2_000 * MILLI);
    deliver(5, 5, 60_000);
    assertThat(throughput.patienceNanos()).isEqualTo(20_000 * MILLI);
  }
}
