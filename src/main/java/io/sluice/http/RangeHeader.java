package io.sluice.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code Range} header asks of a representation whose length is known (RFC 9110 section
 * 14.2).
 *
 * <p>Ranges are answered in the order in which they were asked for, none merged with another. Where
 * the RFC leaves a choice, the header is ignored and the whole is sent: when it is malformed, when
 * its unit is not {@code bytes}, when it has more than {@link #MAX_RANGES} ranges, and when its
 * ranges overlap so much that they have more bytes than the whole.
 */
sealed interface RangeHeader {

  /** How many ranges one request may ask for. */
  int MAX_RANGES = 64;

  /** What a client that takes parts gets at least of what it asks for. */
  long PART_BYTES = 2 << 20;

  /** Send the whole, as if there were no such header. */
  record Ignored() implements RangeHeader {}

  /** Send these, at least one, each within the representation. */
  record Satisfiable(List<ByteRange> ranges) implements RangeHeader {
    public Satisfiable {
      ranges = List.copyOf(ranges);
      if (ranges.isEmpty()) {
        throw new IllegalArgumentException("no range");
      }
    }
  }

  /** None of the ranges has a byte in the representation: 416. */
  record Unsatisfiable() implements RangeHeader {}

  /**
   * Reads the header's value.
   *
   * @param value null when there is no such header
   * @param length bytes of the representation
   */
  static RangeHeader parse(@Nullable String value, long length) {
    return parse(value, length, false);
  }

  /**
   * Reads the header's value.
   *
   * @param inParts whether a single range without an end is answered with its first part: as much
   *     as lies before it, {@link #PART_BYTES} at least (RFC 9110 section 15.3.7). A client that
   *     asks for what is missing then needs few requests, however long the file is
   */
  static RangeHeader parse(@Nullable String value, long length, boolean inParts) {
    if (value == null) {
      return new Ignored();
    }
    Optional<List<RangeSpec>> specs = RangeSpec.parseAll(value);
    if (specs.isEmpty() || specs.get().size() > MAX_RANGES) {
      return new Ignored();
    }
    if (length == 0) {
      // A suffix of nothing can be had, and is nothing; 206 could not say so.
      boolean suffix = specs.get().stream().anyMatch(RangeSpec::isSuffix);
      return suffix ? new Ignored() : new Unsatisfiable();
    }
    if (inParts && specs.get().size() == 1) {
      return specs
          .get()
          .getFirst()
          .partWithin(length)
          .<RangeHeader>map(part -> new Satisfiable(List.of(part)))
          .orElseGet(Unsatisfiable::new);
    }
    List<ByteRange> ranges = new ArrayList<>();
    long sum = 0;
    for (RangeSpec spec : specs.get()) {
      Optional<ByteRange> range = spec.within(length);
      if (range.isPresent()) {
        ranges.add(range.get());
        sum += range.get().length();
        if (sum > length) {
          return new Ignored();
        }
      }
    }
    return ranges.isEmpty() ? new Unsatisfiable() : new Satisfiable(ranges);
  }
}
