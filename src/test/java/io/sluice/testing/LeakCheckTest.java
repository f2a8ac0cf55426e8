package io.sluice.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.sluice.cache.Piece;
import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

final class LeakCheckTest {

  private final LeakCheck check = new LeakCheck(Duration.ofSeconds(1));

  @Test
  void acceptsWhatComesHome() {
    check.start();
    Piece.allocate(100).release();
    PooledByteBufAllocator.DEFAULT.directBuffer(100).release();
    assertThatCode(check::finish).doesNotThrowAnyException();
  }

  @Test
  void findsAPieceThatIsStillHeld() {
    check.start();
    Piece held = Piece.allocate(100);
    assertThatThrownBy(check::finish).isInstanceOf(ConditionTimeoutException.class);
    held.release();
  }

  @Test
  void findsABufferThatNobodyHolds() {
    check.start();
    forgetABuffer();
    assertThatThrownBy(check::finish)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("collected without being released");
  }

  private static void forgetABuffer() {
    PooledByteBufAllocator.DEFAULT.directBuffer(100);
  }
}
