package io.sluice.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.wire.HttpTrackerCodec;
import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.HttpTrackerRequest.ScrapeRequest;
import io.sluice.wire.WireException;

/** The query by which a client announces to a tracker over HTTP, or scrapes it. */
public final class HttpTrackerQueryFuzz {

  private HttpTrackerQueryFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    String query = new String(input, ISO_8859_1);
    boolean scrape = scrapes(query);
    return announces(query) || scrape;
  }

  private static boolean announces(String query) {
    AnnounceRequest request;
    try {
      request = HttpTrackerCodec.decodeAnnounce(query);
    } catch (WireException refused) {
      return false;
    }
    Fuzzing.check(
        HttpTrackerCodec.decodeAnnounce(HttpTrackerCodec.encode(request)).equals(request),
        "announces round-trip");
    return true;
  }

  private static boolean scrapes(String query) {
    ScrapeRequest request;
    try {
      request = HttpTrackerCodec.decodeScrape(query);
    } catch (WireException refused) {
      return false;
    }
    Fuzzing.check(
        HttpTrackerCodec.decodeScrape(HttpTrackerCodec.encode(request)).equals(request),
        "scrapes round-trip");
    return !request.infoHashes().isEmpty();
  }
}
