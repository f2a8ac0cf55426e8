package io.sluice.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.library.FeedItem;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads feeds (JSON Feed 1.1) of gateways that may mean no good: pages, items and bytes are
 * bounded, pages stay where the feed is, and what makes no sense is left out.
 *
 * <p>Safe for any thread; blocks.
 */
final class FeedReader {

  private static final String TORRENT = "application/x-bittorrent";
  private static final int MAX_PAGE_BYTES = 4 << 20;
  private static final int MAX_PAGES = 400;
  private static final int MAX_ITEMS = 20_000;
  private static final int MAX_DEPTH = 16;
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final CheckedFetch fetch;
  private final ObjectMapper json =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(MAX_DEPTH)
                      .maxStringLength(MAX_PAGE_BYTES)
                      .build())
              .build());

  FeedReader(CheckedFetch fetch) {
    this.fetch = fetch;
  }

  /** The feed of a gateway that is named by its own URL; other URLs are feeds themselves. */
  static URI feedOf(URI named) {
    String path = named.getPath() == null ? "" : named.getPath();
    if (path.isEmpty()) {
      return named.resolve("/feed.json");
    }
    return path.endsWith("/") ? named.resolve("feed.json") : named;
  }

  /**
   * Reads all pages.
   *
   * @param known the entity tag of what was read before
   * @return empty when nothing has changed since
   * @throws FetchException when it cannot be had, or is no feed
   */
  Optional<Feed> read(URI url, Optional<String> known) throws FetchException, InterruptedException {
    Gathered all = new Gathered();
    Set<URI> seen = new HashSet<>();
    Optional<URI> next = Optional.of(url);
    while (next.isPresent() && seen.size() < MAX_PAGES && all.items.size() < MAX_ITEMS) {
      URI page = next.get();
      if (!seen.add(page)) {
        break;
      }
      boolean first = seen.size() == 1;
      CheckedFetch.Answer answer = fetch.get(question(page, first ? known : Optional.empty()));
      if (first && known.isPresent() && answer.status() == 304) {
        return Optional.empty();
      }
      JsonNode body = page(page, answer);
      if (first) {
        all.entityTag = answer.entityTag();
        all.offers = sameOrigin(url, body.at("/_sluice/mirrors").asText(""));
      }
      body.path("items").forEach(item -> all.add(page, item));
      next = sameOrigin(url, body.path("next_url").asText(""));
    }
    return Optional.of(new Feed(all.items, all.complete, all.entityTag, all.offers));
  }

  private static CheckedFetch.Question question(URI page, Optional<String> known) {
    Map<String, String> headers = known.map(tag -> Map.of("If-None-Match", tag)).orElse(Map.of());
    return new CheckedFetch.Question(page, headers, MAX_PAGE_BYTES, WITHIN);
  }

  private JsonNode page(URI page, CheckedFetch.Answer answer) throws FetchException {
    if (answer.status() != 200) {
      throw new FetchException(
          FetchException.Kind.FAILED, page.getHost() + " answers " + answer.status());
    }
    try {
      JsonNode body = json.readTree(answer.body().getBytes());
      if (body != null && body.path("items").isArray()) {
        return body;
      }
    } catch (IOException malformed) {
      // As for a document of another kind.
    }
    throw new FetchException(FetchException.Kind.REFUSED, "what is at " + page + " is no feed");
  }

  /** A feed names no URLs of others for us to follow. */
  private static Optional<URI> sameOrigin(URI feed, String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI url = feed.resolve(new URI(text));
      boolean same =
          feed.getScheme().equalsIgnoreCase(url.getScheme())
              && String.valueOf(feed.getRawAuthority()).equalsIgnoreCase(url.getRawAuthority());
      return same ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException malformed) {
      return Optional.empty();
    }
  }

  /** What pages bring. */
  private static final class Gathered {
    private final List<FeedItem> items = new ArrayList<>();
    private final Set<InfoHash> complete = new HashSet<>();
    private Optional<String> entityTag = Optional.empty();
    private Optional<URI> offers = Optional.empty();

    void add(URI page, JsonNode item) {
      if (items.size() >= MAX_ITEMS) {
        return;
      }
      try {
        InfoHash infoHash = InfoHash.parse(item.path("id").asText(""));
        JsonNode more = item.path("_sluice");
        if (more.path("complete").asBoolean(false) && complete.size() < MAX_ITEMS) {
          complete.add(infoHash);
        }
        // A gateway vouches for what it keeps, and whoever mirrors it follows its origin.
        if (!more.path("policy").asText("kept").equals("cached") && !more.has("mirrorOf")) {
          items.add(
              new FeedItem(
                  infoHash,
                  published(item.path("date_published").asText("")),
                  more.path("length").asLong(0),
                  more.path("views").asLong(0),
                  torrent(page, item.path("attachments"))));
        }
      } catch (WireException | IllegalArgumentException | DateTimeException makesNoSense) {
        // One item less.
      }
    }

    private static Instant published(String date) {
      return OffsetDateTime.parse(date).toInstant();
    }

    private static URI torrent(URI page, JsonNode attachments) {
      for (JsonNode each : attachments) {
        if (each.path("mime_type").asText("").equals(TORRENT)) {
          return page.resolve(each.path("url").asText(""));
        }
      }
      throw new IllegalArgumentException("no torrent");
    }
  }
}
