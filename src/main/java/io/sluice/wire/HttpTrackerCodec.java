package io.sluice.wire;

import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.AddressReply.Scraped;
import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.HttpTrackerRequest.ScrapeRequest;
import java.nio.ByteBuffer;

/**
 * The tracker protocol over HTTP, both ways: queries of URLs one way, bencode the other (BEP 3, 7,
 * 23, 24, 31 and 48).
 *
 * <p>What is read may be untidy: unknown keys, keys of a wrong type, peers that nobody could dial
 * are passed over. Nothing but {@link WireException} is thrown for whatever bytes. Safe for any
 * thread.
 */
public final class HttpTrackerCodec {

  private static final BencodeLimits LIMITS = new BencodeLimits(AddressReply.MAX_BYTES, 16, 20_000);

  private HttpTrackerCodec() {}

  /**
   * The query that announces, without its question mark.
   *
   * <p>Asks for {@code compact=1} unless another form is wanted; the address is left to the tracker
   * to see.
   */
  public static String encode(AnnounceRequest request) {
    return HttpTrackerQuery.write(request);
  }

  /** The query that asks for counts, without its question mark. */
  public static String encode(ScrapeRequest request) {
    return HttpTrackerQuery.write(request);
  }

  /** Reads the query of an announce, as it stands in the URL. */
  public static AnnounceRequest decodeAnnounce(String rawQuery) {
    return new HttpTrackerQuery(rawQuery).announce();
  }

  /** Reads the query of a scrape, as it stands in the URL. */
  public static ScrapeRequest decodeScrape(String rawQuery) {
    return new HttpTrackerQuery(rawQuery).scrape();
  }

  /** Reads the answer to an announce: {@link Announced} or {@link Failure}. */
  public static AddressReply decodeAnnounced(byte[] body) {
    return HttpTrackerAnswer.announced(dictionary(body));
  }

  /** Reads the answer to a scrape: {@link Scraped} or {@link Failure}. */
  public static AddressReply decodeScraped(byte[] body) {
    return HttpTrackerAnswer.scraped(dictionary(body));
  }

  /**
   * The body of an answer.
   *
   * @param form how peers are written
   */
  public static byte[] encode(AddressReply reply, Form form) {
    return Bencode.encode(HttpTrackerAnswer.write(reply, form));
  }

  private static BDictionary dictionary(byte[] body) {
    BValue value = Bencode.decodePrefix(ByteBuffer.wrap(body), LIMITS);
    if (value instanceof BDictionary dictionary) {
      return dictionary;
    }
    throw new WireException("a tracker answers with a dictionary");
  }
}
