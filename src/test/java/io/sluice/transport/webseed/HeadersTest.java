package io.sluice.transport.webseed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadersTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "5, 5",
    "' 5 ', 5",
    "-5, 0",
    "4.2, 0",
    "99999999999999999999, 0",
    "soon, 0",
    "100000, 3600",
    "'Fri, 02 Jan 2026 03:04:35 GMT', 30",
    "'Fri, 02 Jan 2026 03:00:00 GMT', 0",
    "'Sun, 02 Jan 2028 03:00:00 GMT', 3600"
  })
  void retryAfterIsSecondsOrADate(String header, long seconds) {
    assertThat(RetryAfter.parse(header, CLOCK, Duration.ofHours(1)))
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void contentRangeIsOneRangeOfBytes() {
    assertThat(ContentRange.parse("bytes 5-9/100"))
        .contains(new ContentRange(5, 9, OptionalLong.of(100)));
    assertThat(ContentRange.parse("Bytes 5-9/*"))
        .contains(new ContentRange(5, 9, OptionalLong.empty()));
    assertThat(ContentRange.parse(null)).isEmpty();
    assertThat(RetryAfter.parse(null, CLOCK, Duration.ofHours(1))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bytes */100", "bytes 9-5/100", "bytes=5-9/100", "5-9/100", "bytes 5-9", "", "x"})
  void otherContentRangesAreNone(String header) {
    assertThat(ContentRange.parse(header)).isEmpty();
  }
}
