package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 14 as a table: a header, a length, and what is asked of that. */
final class RangeHeaderTest {

  /** {@code 0-4,7-9}, {@code all}, or {@code none} for a range that is not satisfiable. */
  private static String parse(String header, long length) {
    return switch (RangeHeader.parse(header, length)) {
      case RangeHeader.Ignored() -> "all";
      case RangeHeader.Unsatisfiable() -> "none";
      case RangeHeader.Satisfiable(var ranges) ->
          ranges.stream()
              .map(range -> range.first() + "-" + range.last())
              .collect(Collectors.joining(","));
    };
  }

  /** Lengths and positions in MiB: as much again as lies before, two at least. */
  @ParameterizedTest
  @CsvSource({
    "0, 100, 0, 2",
    "1, 100, 1, 3",
    "2, 100, 2, 4",
    "10, 100, 10, 20",
    "60, 100, 60, 100",
    "0, 1, 0, 1"
  })
  void whatHasNoEndComesInParts(long asked, long length, long first, long end) {
    long mib = 1 << 20;
    assertThat(RangeHeader.parse("bytes=" + asked * mib + "-", length * mib, true))
        .isEqualTo(new RangeHeader.Satisfiable(List.of(new ByteRange(first * mib, end * mib - 1))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-9000000", "bytes=-9000000", "bytes=0-1,4000000-"})
  void whatHasAnEndComesWhole(String header) {
    assertThat(RangeHeader.parse(header, 10_000_000, true))
        .isEqualTo(RangeHeader.parse(header, 10_000_000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        // single
        "bytes=0-0|100|0-0",
        "bytes=0-1|100|0-1",
        "bytes=0-99|100|0-99",
        "bytes=99-99|100|99-99",
        "bytes=0-100|100|0-99",
        "bytes=10-999999999|100|10-99",
        "bytes=0-9223372036854775807|100|0-99",
        "bytes=0-9223372036854775808|100|0-99",
        "bytes=5-999999999999999999999999999999|100|5-99",
        "bytes=00000000000000000000000000000000001-2|100|1-2",
        "BYTES=0-1|100|0-1",
        "bytes=100-|100|none",
        "bytes=100-200|100|none",
        "bytes=9223372036854775807-|100|none",
        "bytes=999999999999999999999999999999-|100|none",
        "bytes=0-0|9223372036854775807|0-0",
        "bytes=0-|9223372036854775807|0-9223372036854775806",
        // open
        "bytes=0-|100|0-99",
        "bytes=99-|100|99-99",
        // suffix
        "bytes=-1|100|99-99",
        "bytes=-100|100|0-99",
        "bytes=-101|100|0-99",
        "bytes=-999999999999999999999999999999|100|0-99",
        "bytes=-0|100|none",
        // multiple, in the order asked for
        "bytes=0-1,5-6|100|0-1,5-6",
        "bytes=5-6,0-1|100|5-6,0-1",
        "bytes=0-1, 5-6 ,\t-2|100|0-1,5-6,98-99",
        "bytes=,0-1,,5-6,|100|0-1,5-6",
        "bytes=0-1,1-2|100|0-1,1-2",
        "bytes=0-0,200-300|100|0-0",
        "bytes=-0,3-4|100|3-4",
        "bytes=100-,200-,-0|100|none",
        "bytes=0-49,50-99|100|0-49,50-99",
        // more bytes than the whole has
        "bytes=0-50,50-99|100|all",
        "bytes=0-,0-,0-|100|all",
        // malformed
        "bytes=|100|all",
        "bytes=,|100|all",
        "bytes=-|100|all",
        "bytes=abc|100|all",
        "bytes=1|100|all",
        "bytes=5-3|100|all",
        "bytes=0-1,5-3|100|all",
        "bytes=1-2-3|100|all",
        "bytes=--1|100|all",
        "bytes=+1-2|100|all",
        "bytes=1 - 2|100|all",
        "bytes=0x1-2|100|all",
        "bytes=١-٢|100|all",
        "bytes =0-1|100|all",
        "bytes 0-1|100|all",
        "bytes|100|all",
        "=0-1|100|all",
        "0-1|100|all",
        // another unit
        "items=0-1|100|all",
        "seconds=1.5-|100|all",
        // an empty file
        "bytes=0-|0|none",
        "bytes=0-0|0|none",
        "bytes=-1|0|all",
        "bytes=-0|0|none",
      })
  void asksFor(String header, long length, String expected) {
    assertThat(parse(header, length)).isEqualTo(expected);
  }

  @Test
  void nothingIsAskedWithoutAHeader() {
    assertThat(RangeHeader.parse(null, 100)).isEqualTo(new RangeHeader.Ignored());
    assertThat(parse("", 100)).isEqualTo("all");
  }

  @Test
  void tooManyRangesAreIgnored() {
    String most = ranges(RangeHeader.MAX_RANGES);
    assertThat(parse("bytes=" + most, 10_000)).isEqualTo(most);
    assertThat(parse("bytes=" + ranges(RangeHeader.MAX_RANGES + 1), 10_000)).isEqualTo("all");
  }

  private static String ranges(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> 2 * i + "-" + 2 * i)
        .collect(Collectors.joining(","));
  }

  @Test
  void whateverIsAskedTheAnswerLiesWithinTheFile() {
    String alphabet = "0123456789-,= \tbytes";
    SeededCases.run(
        20_000,
        random -> {
          StringBuilder header = new StringBuilder("bytes=");
          for (int i = random.nextInt(40); i > 0; i--) {
            header.append(alphabet.charAt(random.nextInt(alphabet.length())));
          }
          long length =
              random.nextInt(4) == 0 ? random.nextLong(Long.MAX_VALUE) : random.nextInt(9);
          if (RangeHeader.parse(header.toString(), length)
              instanceof RangeHeader.Satisfiable(List<ByteRange> ranges)) {
            long sum = 0;
            for (ByteRange range : ranges) {
              assertThat(range.first()).isNotNegative();
              assertThat(range.last()).isGreaterThanOrEqualTo(range.first()).isLessThan(length);
              sum += range.length();
            }
            assertThat(sum).isBetween(1L, length);
          }
        });
  }

  @Test
  void wellFormedRangesAgreeWithAPlainReading() {
    SeededCases.run(
        5_000,
        random -> {
          int length = 1 + random.nextInt(50);
          List<String> specs = new ArrayList<>();
          List<String> expected = new ArrayList<>();
          int sum = 0;
          for (int i = 0; i <= random.nextInt(3); i++) {
            int a = random.nextInt(60);
            int b = a + random.nextInt(20);
            boolean suffix = random.nextInt(3) == 0;
            specs.add(suffix ? "-" + a : a + "-" + b);
            int first = suffix ? Math.max(0, length - a) : a;
            int last = suffix ? length - 1 : Math.min(b, length - 1);
            if (first <= last) {
              expected.add(first + "-" + last);
              sum += last - first + 1;
            }
          }
          String parsed = parse("bytes=" + String.join(",", specs), length);
          assertThat(parsed)
              .as(specs + " of " + length)
              .isEqualTo(
                  sum > length ? "all" : expected.isEmpty() ? "none" : String.join(",", expected));
        });
  }
}
