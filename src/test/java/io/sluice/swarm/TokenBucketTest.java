package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.swarm.Bandwidth.Urgency;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {

  private static final long SECOND = 1_000_000_000L;

  private long nowNanos;

  private TokenBucket bucket(long bytesPerSecond) {
    return new TokenBucket(bytesPerSecond, () -> nowNanos);
  }

  @Test
  void aSecondsWorthAtOnceAndThenTheRate() {
    TokenBucket bucket = bucket(1_000);
    bucket.spend(1_000);
    assertThat(bucket.open(0)).isFalse();
    nowNanos += SECOND / 2;
    assertThat(bucket.open(0)).isTrue();
    assertThat(bucket.open(0.5)).isFalse();
    nowNanos += 1_000 * SECOND;
    bucket.open(0);
    bucket.spend(1_001);
    assertThat(bucket.open(0)).isFalse();
  }

  @Test
  void whatIsOverdrawnIsMadeUpFor() {
    TokenBucket bucket = bucket(1_000);
    bucket.spend(4_000);
    nowNanos += 3 * SECOND - 1;
    assertThat(bucket.open(0)).isFalse();
    nowNanos += SECOND / 10;
    assertThat(bucket.open(0)).isTrue();
    bucket.spend(1_000);
    bucket.refund(1_000);
    assertThat(bucket.open(0)).isTrue();
  }

  @Test
  void withoutARateItIsAlwaysOpen() {
    TokenBucket bucket = bucket(0);
    bucket.spend(Long.MAX_VALUE);
    assertThat(bucket.unlimited()).isTrue();
    assertThat(bucket.open(0.9)).isTrue();
  }

  @Test
  void theUrgentMayUseWhatIsLeftOfTheSharedRate() {
    TokenBucket shared = bucket(1_000);
    Bandwidth one = new Bandwidth(bucket(0), shared);
    Bandwidth other = new Bandwidth(bucket(10_000), shared);
    assertThat(one.limited()).isTrue();
    other.spend(600);
    assertThat(one.open(Urgency.NOW)).isTrue();
    assertThat(one.open(Urgency.SOON)).isTrue();
    assertThat(one.open(Urgency.WHENEVER)).isFalse();
    other.spend(200);
    assertThat(one.open(Urgency.SOON)).isFalse();
    other.refund(800);
    assertThat(one.open(Urgency.WHENEVER)).isTrue();
  }
}
