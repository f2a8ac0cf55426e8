package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DiskTasksTest {

  private final DiskTasks tasks = new DiskTasks();

  private Thread waiter(List<Boolean> results) {
    return Thread.ofVirtual().start(() -> results.add(tasks.await(() -> 0)));
  }

  private static void awaitParked(Thread thread) {
    await().until(() -> thread.getState() == Thread.State.WAITING);
  }

  @Test
  void whatCameBeforeTheWaitEndsItToo() {
    tasks.wake();
    assertThat(tasks.await(() -> 0)).isTrue();
    assertThat(tasks.poll()).isNull(); // From now on the wake has been seen.
    tasks.submit(() -> {});
    assertThat(tasks.await(() -> 0)).isTrue();
    assertThat(tasks.poll()).isNotNull();
    assertThat(tasks.await(() -> 1)).isTrue();
  }

  @Test
  void whatComesWhileSomebodyWaitsEndsTheWait() throws InterruptedException {
    for (Runnable what :
        List.<Runnable>of(tasks::wake, () -> tasks.submit(() -> {}), tasks::close)) {
      List<Boolean> results = new ArrayList<>();
      Thread waiter = waiter(results);
      awaitParked(waiter);
      what.run();
      assertThat(waiter.join(Duration.ofSeconds(30))).isTrue();
      assertThat(results).containsExactly(true);
      DiskTasks.Task _ = tasks.poll();
    }
  }

  @Test
  void whatIsThereIsDoneAfterClosing() {
    tasks.submit(() -> {});
    tasks.close();
    assertThat(tasks.await(() -> 0)).isTrue();
    assertThat(tasks.poll()).isNotNull();
    assertThat(tasks.await(() -> 0)).isFalse();
  }

  @Test
  void nothingIsDoneOnceAbandoned() {
    tasks.submit(() -> {});
    tasks.close();
    tasks.abandon();
    assertThat(tasks.abandoned()).isTrue();
    assertThat(tasks.poll()).isNull();
    tasks.submit(() -> {});
    assertThat(tasks.poll()).isNull();
  }
}
