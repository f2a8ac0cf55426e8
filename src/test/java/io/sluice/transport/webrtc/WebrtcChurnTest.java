package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.transport.webrtc.WebrtcPair.Ends;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A gateway lives for months: what comes and goes must leave nothing behind. */
final class WebrtcChurnTest {

  private static final int ROUNDS = 4;
  private static final int CONNECTIONS_A_ROUND = 50;

  /**
   * The library's own leak is about 70 KB for each end of a connection, so 7 MB in every round.
   * Other things grow too while a JVM warms up, but by fits and starts: not in every round.
   */
  private static final long LEAST_GROWTH_KILOBYTES = 4_000;

  @Test
  void memorySettlesWhileTwoHundredConnectionsComeAndGo() throws Exception {
    try (WebrtcPair pair = new WebrtcPair(WebrtcLimits.DEFAULT)) {
      comeAndGo(pair, CONNECTIONS_A_ROUND);
      touchHeap();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        long before = NativeThreads.status("RssAnon");
        comeAndGo(pair, CONNECTIONS_A_ROUND);
        least = Math.min(least, NativeThreads.status("RssAnon") - before);
      }

      assertThat(least)
          .as("KB that even the best round grew by")
          .isLessThan(LEAST_GROWTH_KILOBYTES);
      for (WebrtcPair.Side side : new WebrtcPair.Side[] {pair.one, pair.two}) {
        assertThat(side.transport.counters())
            .returns((ROUNDS + 1L) * CONNECTIONS_A_ROUND, WebrtcCounters::linked)
            .returns(0L, WebrtcCounters::leaked)
            .returns(0L, WebrtcCounters::failed)
            .returns(0, WebrtcCounters::open)
            .returns(0, WebrtcCounters::connecting);
      }
      assertThat(Heap.instances("dev.onvoid.webrtc.RTCPeerConnection"))
          .as("connections on the heap: the spare offers")
          .isLessThanOrEqualTo(2L * WebrtcLimits.DEFAULT.maxSpareOffers());
      assertThat(NativeThreads.ofWebrtc()).as("three threads a factory").hasSize(6);
    }
    assertThat(NativeThreads.ofWebrtc()).isEmpty();
  }

  /** Uses all the heap that is there once, so that garbage does not look like growth. */
  private static void touchHeap() {
    long sum = 0;
    for (int i = 0; i < 30_000; i++) {
      byte[] garbage = new byte[64 * 1024];
      garbage[i] = 1;
      sum += garbage[i];
    }
    assertThat(sum).isEqualTo(30_000);
  }

  private static void comeAndGo(WebrtcPair pair, int connections) throws Exception {
    for (int i = 0; i < connections; i++) {
      Ends ends = pair.connect();
      ends.ofOne().close("next");
      ends.ofTwo().close("next");
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (pair.one.transport.counters().open() + pair.two.transport.counters().open() > 0) {
        assertThat(System.nanoTime()).as("closing takes too long").isLessThan(deadline);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
    }
  }
}
