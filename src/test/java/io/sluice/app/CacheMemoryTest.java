package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import org.junit.jupiter.api.Test;

class CacheMemoryTest {

  @Test
  void leavesHalfOfWhatTheJvmMayHoldOffTheHeap() {
    assertThat(CacheMemory.most(512 << 20)).isEqualTo(256 << 20);
    assertThat(CacheMemory.most(0)).isEqualTo(1);
  }

  @Test
  void takesWhatIsAskedForWhereThereIsRoom() {
    assertThat(CacheMemory.bound(1 << 20)).isEqualTo(1 << 20);
    assertThat(CacheMemory.bound(Long.MAX_VALUE))
        .isEqualTo(PlatformDependent.maxDirectMemory() / 2);
  }
}
