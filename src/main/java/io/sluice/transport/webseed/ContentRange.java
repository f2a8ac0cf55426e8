package io.sluice.transport.webseed;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code Content-Range} of one range of bytes (RFC 9110 section 14.4).
 *
 * @param first of the bytes that follow, from 0
 * @param last of them
 * @param complete length of the whole file, when the server says it
 */
record ContentRange(long first, long last, OptionalLong complete) {

  private static final Pattern FORM =
      Pattern.compile("(?i)bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  /** Empty when the header is missing or malformed. */
  static Optional<ContentRange> parse(@Nullable String header) {
    Matcher matcher = FORM.matcher(header == null ? "" : header.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    if (first > last) {
      return Optional.empty();
    }
    String complete = matcher.group(3);
    return Optional.of(
        new ContentRange(
            first,
            last,
            complete.equals("*")
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(complete))));
  }

  /** Whether the bytes first..last of a file of so many bytes are what follows. */
  boolean is(long wantedFirst, long wantedLast, long fileBytes) {
    return first == wantedFirst
        && last == wantedLast
        && (complete.isEmpty() || complete.getAsLong() == fileBytes);
  }
}
