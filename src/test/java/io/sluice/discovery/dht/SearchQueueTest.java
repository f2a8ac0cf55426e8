package io.sluice.discovery.dht;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.PeerSink;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SearchQueueTest {

  private final Random random = new Random(4);
  private final SearchQueue queue = new SearchQueue();
  private final SearchTask first = task();
  private final SearchTask second = task();
  private final SearchTask third = task();

  private SearchTask task() {
    SearchTask task = new SearchTask(Nodes.infoHash(random), 0, PeerSink.NONE);
    queue.add(task);
    return task;
  }

  private void run(SearchTask task, long nowNanos) {
    task.started(1, false, nowNanos);
    task.lookupEnded(random, nowNanos);
  }

  @Test
  void goesByTimeAndThenByTheOrderOfOpening() {
    assertThat(queue.next(0)).contains(first);
    first.started(1, false, 0);
    assertThat(queue.next(0)).contains(second);
    run(second, 0);
    assertThat(queue.next(0)).contains(third);
    run(third, 0);
    assertThat(queue.next(0)).as("all have run").isEmpty();
    long later = 20 * Nodes.MINUTE;
    SearchTask next = queue.next(later).orElseThrow();
    run(next, later);
    SearchTask last = queue.next(later).orElseThrow();
    run(last, later);
    assertThat(next.equals(second) ? last : next).isEqualTo(third);
    assertThat(queue.next(later)).as("the first still runs").isEmpty();
  }

  @Test
  void whoHurriesGoesFirst() {
    queue.hurry(third, 0);
    assertThat(queue.next(Nodes.MINUTE)).contains(third);
    run(third, Nodes.MINUTE);
    queue.hurry(third, 2 * Nodes.MINUTE);
    assertThat(queue.next(2 * Nodes.MINUTE)).as("though it ran last").contains(third);
  }

  @Test
  void whatIsRemovedIsGoneWhateverItsState() {
    assertThat(queue.next(0)).contains(first);
    first.started(1, false, 0);
    queue.hurry(second, 0);
    queue.remove(first);
    queue.remove(second);
    queue.remove(third);
    queue.remove(third);
    queue.hurry(third, 0);
    first.lookupEnded(random, 0);
    assertThat(queue.size()).isZero();
    assertThat(queue.next(60 * Nodes.MINUTE)).isEmpty();
  }
}
