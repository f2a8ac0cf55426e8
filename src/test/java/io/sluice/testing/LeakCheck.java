package io.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.sluice.cache.Piece;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves a buffer behind: {@code @ExtendWith(LeakCheck.class)}.
 *
 * <p>Pieces are counted exactly; they may take a few seconds to come home, since a socket may be
 * closing. Other Netty buffers are found by Netty's own detector, at its strictest, once the
 * collector has run. Test classes that use it run one after the other.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {

  private final Duration patience;
  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private long liveBytesBefore;
  private ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.Level.SIMPLE;

  public LeakCheck() {
    this(Duration.ofSeconds(10));
  }

  /**
   * @param patience how long buffers may take to come home
   */
  LeakCheck(Duration patience) {
    this.patience = patience;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    finish();
  }

  void start() {
    levelBefore = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    collectGarbage(); // What others left is theirs.
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + ": " + records));
    liveBytesBefore = Piece.liveBytes();
  }

  void finish() {
    try {
      await("every piece has been released")
          .atMost(patience)
          .untilAsserted(() -> assertThat(Piece.liveBytes()).isEqualTo(liveBytesBefore));
      collectGarbage();
      assertThat(leaks).as("buffers that were collected without being released").isEmpty();
    } finally {
      ByteBufUtil.setLeakListener(null);
      ResourceLeakDetector.setLevel(levelBefore);
    }
  }

  /** Lets the collector find what is unreachable, and the detector report it. */
  private void collectGarbage() {
    for (int round = 0; round < 3; round++) {
      WeakReference<Object> canary = new WeakReference<>(new Object());
      await()
          .atMost(patience)
          .until(
              () -> {
                System.gc();
                return canary.get() == null;
              });
      // The detector reports what the collector has enqueued when the next buffer is allocated.
      ByteBuf probe = PooledByteBufAllocator.DEFAULT.directBuffer(16);
      probe.release();
    }
  }
}
