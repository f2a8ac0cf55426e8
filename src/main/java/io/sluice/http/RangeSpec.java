package io.sluice.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One element of a range set (RFC 9110 section 14.1.1), before the length is known.
 *
 * <p>Positions past {@link Long#MAX_VALUE} count as that: no representation reaches so far.
 */
sealed interface RangeSpec {

  /** {@code first-last}, or {@code first-} with a last of {@link Long#MAX_VALUE}. */
  record Positions(long first, long last) implements RangeSpec {}

  /** {@code -length}: the last bytes. */
  record Suffix(long length) implements RangeSpec {}

  default boolean isSuffix() {
    return this instanceof Suffix(long length) && length > 0;
  }

  /** The bytes of a representation that this means, if any; {@code length} is at least 1. */
  default Optional<ByteRange> within(long length) {
    return switch (this) {
      case Positions(long first, _) when first >= length -> Optional.empty();
      case Positions(long first, long last) ->
          Optional.of(new ByteRange(first, Math.min(last, length - 1)));
      case Suffix(long bytes) when bytes == 0 -> Optional.empty();
      case Suffix(long bytes) ->
          Optional.of(new ByteRange(length - Math.min(bytes, length), length - 1));
    };
  }

  /** The same, but no more than a part of what has no end. */
  default Optional<ByteRange> partWithin(long length) {
    Optional<ByteRange> range = within(length);
    return this instanceof Positions(_, long last) && last == Long.MAX_VALUE
        ? range.map(RangeSpec::part)
        : range;
  }

  private static ByteRange part(ByteRange range) {
    long bytes = Math.max(RangeHeader.PART_BYTES, range.first());
    return bytes >= range.length()
        ? range
        : new ByteRange(range.first(), range.first() + bytes - 1);
  }

  /** Reads {@code bytes=...}; empty when it is malformed or has another unit. */
  static Optional<List<RangeSpec>> parseAll(String value) {
    int equals = value.indexOf('=');
    if (equals < 0 || !value.substring(0, equals).toLowerCase(Locale.ROOT).equals("bytes")) {
      return Optional.empty();
    }
    List<RangeSpec> specs = new ArrayList<>();
    for (String element : value.substring(equals + 1).split(",", -1)) {
      String text = trim(element);
      if (text.isEmpty()) {
        continue; // RFC 9110 section 5.6.1: a recipient ignores empty elements of a list.
      }
      Optional<RangeSpec> spec = parse(text);
      if (spec.isEmpty()) {
        return Optional.empty();
      }
      specs.add(spec.get());
    }
    return specs.isEmpty() ? Optional.empty() : Optional.of(specs);
  }

  private static Optional<RangeSpec> parse(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      return Optional.empty();
    }
    String before = text.substring(0, dash);
    String after = text.substring(dash + 1);
    if (!digits(before) || !digits(after) || (before.isEmpty() && after.isEmpty())) {
      return Optional.empty();
    }
    if (before.isEmpty()) {
      return Optional.of(new Suffix(number(after)));
    }
    long first = number(before);
    long last = after.isEmpty() ? Long.MAX_VALUE : number(after);
    return last < first ? Optional.empty() : Optional.of(new Positions(first, last));
  }

  /** Strips optional whitespace (RFC 9110 section 5.6.3): spaces and tabs. */
  private static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean digits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static long number(String digits) {
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        return Long.MAX_VALUE;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
