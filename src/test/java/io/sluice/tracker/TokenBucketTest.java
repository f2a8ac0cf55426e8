package io.sluice.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void letsABurstThroughAndThenTheRate() {
    TokenBucket bucket = new TokenBucket(100, 3, -MILLI);
    assertThat(bucket.take(1, 0)).isZero();
    assertThat(bucket.take(2, 0)).isZero();
    assertThat(bucket.take(1, 0)).isEqualTo(10 * MILLI);
    assertThat(bucket.take(2, 0)).isEqualTo(30 * MILLI);
    assertThat(bucket.take(1, 40 * MILLI)).isZero();
    assertThat(bucket.take(1, 45 * MILLI)).isEqualTo(5 * MILLI);
  }

  @Test
  void savesNoMoreThanABurst() {
    TokenBucket bucket = new TokenBucket(100, 3, 0);
    assertThat(bucket.take(3, TimeUnit.DAYS.toNanos(1))).isZero();
    assertThat(bucket.take(1, TimeUnit.DAYS.toNanos(1))).isEqualTo(10 * MILLI);
  }
}
