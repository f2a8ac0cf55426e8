package io.sluice.http;

import java.math.BigInteger;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kind of request that nginx answers otherwise than RFC 9110 has it, or than its choices among
 * what the RFC leaves open are ours.
 *
 * @param reason what nginx does, and what is right
 * @param concerns which requests these are
 * @param plain the same request in words that nginx understands as we understand these
 */
record Departure(
    String name,
    String reason,
    Predicate<RangeRequest> concerns,
    UnaryOperator<RangeRequest> plain) {

  /** A request for the file; the header values empty when absent, entity tags as {@code {etag}}. */
  record RangeRequest(
      String method, String range, String ifRange, String ifMatch, String ifNoneMatch) {

    RangeRequest withRange(String newRange) {
      return new RangeRequest(method, newRange, ifRange, ifMatch, ifNoneMatch);
    }

    boolean isBytes() {
      return range.regionMatches(true, 0, "bytes=", 0, 6);
    }

    /** The elements of the range set as they stand. */
    Stream<String> elements() {
      return isBytes() ? Stream.of(range.substring(6).split(",", -1)) : Stream.empty();
    }

    boolean isWellFormed() {
      return WELL_FORMED.matcher(range).matches()
          && elements().anyMatch(element -> !element.isBlank());
    }
  }

  private static final Pattern WELL_FORMED =
      Pattern.compile("(?i)bytes=([ \t]*([0-9]+-[0-9]*|-[0-9]+)?[ \t]*(,|$))+");
  private static final Pattern POSITIONS = Pattern.compile("[ \t]*([0-9]+)-([0-9]+)[ \t]*");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

  /** In the order in which they are looked for; the first that asks for no range settles it. */
  static final List<Departure> ALL =
      List.of(
          new Departure(
              "HEAD with Range",
              "nginx answers 206 or 416; RFC 9110 section 14.2 defines Range for GET alone.",
              request -> request.method().equals("HEAD") && !request.range().isEmpty(),
              request -> request.withRange("")),
          new Departure(
              "If-Range with a date",
              "nginx compares it with its Last-Modified; we send none, so that it cannot hold"
                  + " (RFC 9110 section 13.1.5).",
              request -> request.ifRange().endsWith("GMT") && !request.range().isEmpty(),
              request -> request.withRange("")),
          new Departure(
              "malformed range set",
              "nginx answers 416, or reads blanks around the dash; RFC 9110 section 14.2 lets us"
                  + " ignore it, and section 14.1.1 has no blanks there.",
              request -> request.isBytes() && !request.isWellFormed(),
              request -> request.withRange("")),
          new Departure(
              "last before first",
              "nginx skips such a range; RFC 9110 section 14.1.1 calls the whole set invalid, and"
                  + " section 14.2 lets us ignore that.",
              request -> request.isWellFormed() && request.elements().anyMatch(Departure::backward),
              request -> request.withRange("")),
          new Departure(
              "too many ranges",
              "nginx has no bound of its own; RFC 9110 section 14.2 lets a server ignore many small"
                  + " ranges, and we do beyond our bound.",
              request ->
                  request.isWellFormed()
                      && request.elements().filter(element -> !element.isBlank()).count()
                          > RangeHeader.MAX_RANGES,
              request -> request.withRange("")),
          new Departure(
              "empty elements and tabs",
              "nginx answers 416; RFC 9110 section 5.6.1 has recipients skip empty elements, and"
                  + " section 5.6.3 counts tabs as blanks.",
              request ->
                  request.isWellFormed()
                      && (request.range().contains("\t")
                          || request.elements().anyMatch(String::isBlank)),
              request ->
                  request.withRange(
                      "bytes="
                          + request
                              .elements()
                              .map(String::strip)
                              .filter(element -> !element.isEmpty())
                              .collect(Collectors.joining(",")))),
          new Departure(
              "numbers past 63 bits",
              "nginx answers 416; RFC 9110 section 14.1.2 clamps a last position and a suffix, and"
                  + " a first position so large is merely not satisfiable.",
              request ->
                  request.isWellFormed()
                      && NUMBER.matcher(request.range()).results().anyMatch(Departure::large),
              request ->
                  request.withRange(
                      NUMBER
                          .matcher(request.range())
                          .replaceAll(
                              number -> new BigInteger(number.group()).min(LARGEST).toString()))));

  private static boolean backward(String element) {
    Matcher positions = POSITIONS.matcher(element);
    return positions.matches()
        && new BigInteger(positions.group(1)).compareTo(new BigInteger(positions.group(2))) > 0;
  }

  private static boolean large(java.util.regex.MatchResult number) {
    return new BigInteger(number.group()).compareTo(LARGEST) > 0;
  }
}
