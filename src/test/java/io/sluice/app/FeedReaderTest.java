package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.discovery.AddressPolicy;
import io.sluice.library.FeedItem;
import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Feeds of gateways by the book, and of those that mean no good. */
final class FeedReaderTest {

  private final Vertx vertx = Vertx.vertx();
  private final HostileServer server = HostileServer.start();
  private final CheckedFetch fetch = new CheckedFetch(vertx, AddressPolicy.of(true));
  private final FeedReader reader = new FeedReader(fetch);

  @AfterEach
  void close() throws Exception {
    fetch.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static String hash(int n) {
    return "%040x".formatted(n);
  }

  private static String item(int n, String more) {
    return """
        {"id":"%s","title":"t","date_published":"2026-01-02T03:04:05Z",
         "attachments":[{"url":"/torrents/%s.torrent","mime_type":"application/x-bittorrent"}],
         "_sluice":{"length":%d%s}}
        """
        .formatted(hash(n), hash(n), n, more);
  }

  private static String feed(String more, String... items) {
    return "{\"version\":\"https://jsonfeed.org/version/1.1\",%s\"items\":[%s]}"
        .formatted(more, String.join(",", items));
  }

  private void serve(String path, String body) {
    server.serve(path, body.getBytes(StandardCharsets.UTF_8));
  }

  private Feed read() throws Exception {
    return reader.read(server.url("/feed.json"), Optional.empty()).orElseThrow();
  }

  private static List<Integer> numbers(Feed feed) {
    return feed.items().stream()
        .map(item -> Integer.parseInt(item.infoHash().hex().substring(30), 16))
        .toList();
  }

  @Test
  void readsWhatAMirrorNeeds() throws Exception {
    serve(
        "/feed.json",
        feed(
            "\"_sluice\":{\"mirrors\":\"/api/v1/mirrors\"},",
            item(1, ",\"views\":7,\"policy\":\"seeded\",\"complete\":true")));
    Feed feed = read();
    assertThat(feed.items())
        .containsExactly(
            new FeedItem(
                InfoHash.parse(hash(1)),
                Instant.parse("2026-01-02T03:04:05Z"),
                1,
                7,
                server.url("/torrents/" + hash(1) + ".torrent")));
    assertThat(feed.complete()).containsExactly(InfoHash.parse(hash(1)));
    assertThat(feed.offers()).contains(server.url("/api/v1/mirrors"));
  }

  @Test
  void leavesOutWhatIsNotTheOriginsToMirror() throws Exception {
    serve(
        "/feed.json",
        feed(
            "",
            item(1, ",\"policy\":\"cached\""),
            item(2, ",\"policy\":\"kept\""),
            item(3, ",\"policy\":\"kept\",\"mirrorOf\":\"http://other.example/feed.json\"")));
    assertThat(numbers(read())).containsExactly(2);
  }

  @Test
  void leavesOutWhatMakesNoSense() throws Exception {
    serve(
        "/feed.json",
        feed(
            "",
            "7",
            "{}",
            "{\"id\":\"x\"}",
            item(0, ""),
            item(1, "").replace("2026-01-02", "someday"),
            item(2, "").replace("x-bittorrent", "pdf"),
            item(3, ",\"views\":-5"),
            item(4, "").replace("/torrents/", "http://a b/"),
            item(5, "")));
    assertThat(numbers(read())).containsExactly(5);
  }

  @Test
  void readsPageByPageWithinTheFeedsOwnOrigin() throws Exception {
    serve("/feed.json", feed("\"next_url\":\"/feed.json2\",", item(1, "")));
    serve("/feed.json2", feed("\"next_url\":\"http://10.0.0.1/feed.json\",", item(2, "")));
    assertThat(numbers(read())).containsExactly(1, 2);
  }

  @Test
  void goesThroughNoPageTwice() throws Exception {
    serve("/feed.json", feed("\"next_url\":\"/feed.json\",", item(1, "")));
    assertThat(numbers(read())).containsExactly(1);
  }

  @Test
  void takesNoMoreThanItsBounds() throws Exception {
    AtomicInteger pages = new AtomicInteger();
    String items =
        IntStream.range(1, 1001).mapToObj(n -> item(n, "")).collect(Collectors.joining(","));
    server.on(
        "/feed.json",
        exchange ->
            HostileServer.send(
                exchange,
                200,
                feed("\"next_url\":\"/feed.json?%d\",".formatted(pages.incrementAndGet()), items)
                    .getBytes(StandardCharsets.UTF_8)));
    assertThat(read().items()).hasSize(20_000);
    assertThat(pages).hasValue(20);
  }

  @Test
  void asksOnlyForWhatIsNew() throws Exception {
    server.on(
        "/feed.json",
        exchange -> {
          exchange.getResponseHeaders().set("ETag", "\"a\"");
          boolean same = "\"a\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
          HostileServer.send(
              exchange,
              same ? 304 : 200,
              same ? new byte[0] : feed("").getBytes(HostileServer.ASCII));
        });
    Feed feed = read();
    assertThat(feed.entityTag()).contains("\"a\"");
    assertThat(reader.read(server.url("/feed.json"), feed.entityTag())).isEmpty();
  }

  @Test
  void saysWhatIsNoFeed() {
    serve("/html", "<!doctype html><title>Sign in</title>");
    serve("/list", "[1,2]");
    serve("/empty", "");
    serve("/deep", "{\"items\":" + "[".repeat(100_000));
    server.endless("/endless");
    server.status("/gone", 404);
    for (String path : List.of("/html", "/list", "/empty", "/deep", "/endless", "/gone")) {
      assertThatThrownBy(() -> reader.read(server.url(path), Optional.empty()))
          .as(path)
          .isInstanceOf(FetchException.class)
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void takesAGatewaysUrlForItsFeeds() {
    for (String url : List.of("https://a.example", "https://a.example/")) {
      assertThat(FeedReader.feedOf(URI.create(url)))
          .isEqualTo(URI.create("https://a.example/feed.json"));
    }
    assertThat(FeedReader.feedOf(URI.create("https://a.example/tube/")))
        .isEqualTo(URI.create("https://a.example/tube/feed.json"));
    assertThat(FeedReader.feedOf(URI.create("https://a.example/other.json")))
        .isEqualTo(URI.create("https://a.example/other.json"));
  }
}
