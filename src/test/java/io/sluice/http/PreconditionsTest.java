package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110 section 13 as a table, for the entity tag {@code "a-1"}. */
final class PreconditionsTest {

  private static final String TAG = "\"a-1\"";

  private static MultiMap headers(String lines) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (String line : lines.split("; ", -1)) {
      int colon = line.indexOf(": ");
      headers.add(line.substring(0, colon), line.substring(colon + 2));
    }
    return headers;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "Accept: */*|HOLD",
        "If-Match: *|HOLD",
        "If-Match: \"a-1\"|HOLD",
        "If-Match: \"x\", \"a-1\"|HOLD",
        "If-Match: \"x\",\"a-1\",|HOLD",
        "If-Match: \"x\"; If-Match: \"a-1\"|HOLD",
        "If-Match: \"x\"|FAILED",
        "If-Match: W/\"a-1\"|FAILED",
        "If-Match: a-1|FAILED",
        "If-Match: \"a-1|FAILED",
        "If-Match: x \"a-1\"|FAILED",
        "If-None-Match: *|NOT_MODIFIED",
        "If-None-Match: \"a-1\"|NOT_MODIFIED",
        "If-None-Match: W/\"a-1\"|NOT_MODIFIED",
        "If-None-Match: \"x,y\", W/\"z\", \"a-1\"|NOT_MODIFIED",
        "If-None-Match: \"x\"; If-None-Match: \"a-1\"|NOT_MODIFIED",
        "If-None-Match: \"x\"|HOLD",
        "If-None-Match: a-1|HOLD",
        "If-None-Match: w/\"a-1\"|HOLD",
        "If-None-Match: \"x\"\"a-1\"|HOLD",
        // If-Match comes first
        "If-Match: \"x\"; If-None-Match: \"a-1\"|FAILED",
        "If-Match: \"a-1\"; If-None-Match: \"a-1\"|NOT_MODIFIED",
        // there is no modification date to compare with
        "If-Modified-Since: Sat, 29 Oct 2094 19:43:31 GMT|HOLD",
        "If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT|HOLD",
      })
  void evaluates(String lines, Preconditions expected) {
    assertThat(Preconditions.evaluate(headers(lines), TAG)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      nullValues = "none",
      value = {
        "Accept: */*|none",
        "Range: bytes=0-1|bytes=0-1",
        "Range: bytes=0-1; If-Range: \"a-1\"|bytes=0-1",
        "Range: bytes=0-1; If-Range: \"x\"|none",
        "Range: bytes=0-1; If-Range: W/\"a-1\"|none",
        "Range: bytes=0-1; If-Range: a-1|none",
        "Range: bytes=0-1; If-Range: Sat, 29 Oct 1994 19:43:31 GMT|none",
        "Range: bytes=0-1; If-Range: \"a-1\", \"x\"|none",
        "Range: bytes=0-1; Range: bytes=2-3|none",
        "If-Range: \"a-1\"|none",
      })
  void obeysTheRange(String lines, String expected) {
    assertThat(Preconditions.range(headers(lines), TAG)).isEqualTo(Optional.ofNullable(expected));
  }
}
