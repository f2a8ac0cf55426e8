package io.sluice.http;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of {@code Date} (RFC 9110 section 5.6.7), made once a second. Safe for any thread. */
final class HttpDate {

  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private record Made(long second, String text) {}

  private static volatile Made made = new Made(-1, "");

  private HttpDate() {}

  /** Now. */
  static String now() {
    Instant now = InstantSource.system().instant();
    Made last = made;
    if (last.second() != now.getEpochSecond()) {
      last = new Made(now.getEpochSecond(), IMF_FIXDATE.format(now));
      made = last;
    }
    return last.text();
  }
}
