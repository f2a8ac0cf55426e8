package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.RawHttp.Response;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.metainfo.TorrentInfos.FileSpec;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.MemorySwarm;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code /stream} answers, on a socket. */
@ExtendWith(LeakCheck.class)
final class StreamRouteTest {

  private static final int FILM = 300_000;
  private static final String FILM_PATH = "t/%C3%84%20film.mp4";

  private final byte[] content = new byte[FILM + 6_000];
  private TorrentInfo info;
  private MemorySwarm swarm;
  private StreamServer server;
  private String film;

  StreamRouteTest() {
    new Random(11).nextBytes(content);
    info =
        TorrentInfos.multi(
            "t",
            16_384,
            content,
            List.of(
                new FileSpec("a.txt", 1_000),
                new FileSpec("Ä film.mp4", FILM),
                new FileSpec("empty.mp4", 0),
                new FileSpec(".pad/2000", 2_000, true),
                new FileSpec("page.html", 1_000),
                new FileSpec("100%.mp3", 1_000),
                new FileSpec("a%20b.mp3", 1_000)));
    swarm = new MemorySwarm(info, content);
    server = new StreamServer(StreamPolicy.ofFirstByteWait(Duration.ofSeconds(15)));
    film = "/stream/" + info.infoHash() + "/" + FILM_PATH;
  }

  @BeforeEach
  void add() {
    server.add(swarm);
  }

  @AfterEach
  void close() {
    server.close();
    swarm.close();
  }

  private ByteBuffer bytes(TorrentFile file, long first, long last) {
    return ByteBuffer.wrap(content, (int) (file.offset() + first), (int) (last - first + 1));
  }

  private ByteBuffer film(long first, long last) {
    return bytes(info.files().get(1), first, last);
  }

  private String etag(int file) {
    return "\"" + info.infoHash() + "-" + file + "\"";
  }

  private Response get(String target, String... headers) throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      return http.get(target, headers);
    }
  }

  private Response head(String target, String... headers) throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      return http.head(target, headers);
    }
  }

  @Test
  void aPlainGetIsTheWholeFileUnderTheseVeryHeaders() throws IOException {
    Response response = get(film);
    assertThat(response.head().replaceFirst("(?m)^Date: .*$", "Date: now").lines())
        .containsExactlyInAnyOrder(
            "HTTP/1.1 200 OK",
            "Access-Control-Allow-Origin: *",
            "Access-Control-Expose-Headers: Content-Range, Content-Length, Content-Disposition,"
                + " Accept-Ranges, ETag, Date, Location, Retry-After",
            "Cross-Origin-Resource-Policy: cross-origin",
            "Date: now",
            "ETag: " + etag(1),
            "Cache-Control: public, max-age=31536000, immutable, no-transform",
            "Content-Type: video/mp4",
            "Content-Disposition: inline; filename=\"_ film.mp4\";"
                + " filename*=UTF-8''%C3%84%20film.mp4",
            "X-Content-Type-Options: nosniff",
            "Accept-Ranges: bytes",
            "Content-Length: " + FILM);
    assertThat(response.body()).isEqualTo(film(0, FILM - 1));
  }

  @Test
  void headIsGetWithoutTheBody() throws IOException {
    for (String range : List.of("X: y", "Range: bytes=0-1", "Range: bytes=999999999-")) {
      Response head = head(film, range);
      assertThat(withoutDate(head)).isEqualTo(withoutDate(get(film)));
    }
    assertThat(swarm.windows()).isEmpty();
  }

  private static String withoutDate(Response response) {
    return response.head().replaceFirst("(?m)^Date: .*$", "");
  }

  @Test
  void headAsksNothingOfTheSwarm() throws IOException {
    head(film);
    get(film, "If-None-Match: " + etag(1));
    get(film, "If-Match: \"x\"");
    get(film, "Range: bytes=999999999-");
    assertThat(swarm.windowsEver()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-, 0, 299999",
    "bytes=0-1, 0, 1",
    "bytes=5-999999999, 5, 299999",
    "bytes=-500, 299500, 299999",
    "bytes=0-9223372036854775807, 0, 299999",
    "bytes=16383-16384, 16383, 16384",
    "'bytes=7-7,400000-', 7, 7",
  })
  void aSingleRangeIsPartialContent(String range, int first, int last) throws IOException {
    Response response = get(film, "Range: " + range);
    assertThat(response.status()).isEqualTo(206);
    assertThat(response.header("Content-Range"))
        .isEqualTo("bytes " + first + "-" + last + "/" + FILM);
    assertThat(response.header("Content-Length")).isEqualTo("" + (last - first + 1));
    assertThat(response.header("ETag")).isEqualTo(etag(1));
    assertThat(response.header("Cache-Control")).contains("immutable");
    assertThat(response.header("Content-Type")).isEqualTo("video/mp4");
    assertThat(response.body()).isEqualTo(film(first, last));
  }

  @Test
  void severalRangesAreParts() throws IOException {
    Response response = get(film, "Range: bytes=100-199,0-0,-5,200000-250000");
    assertThat(response.status()).isEqualTo(206);
    assertThat(response.header("Content-Range")).isEmpty();
    Multipart multipart = Multipart.of(response);
    assertThat(multipart.contentRanges())
        .containsExactly(
            "bytes 100-199/" + FILM,
            "bytes 0-0/" + FILM,
            "bytes 299995-299999/" + FILM,
            "bytes 200000-250000/" + FILM);
    assertThat(multipart.contentTypes()).containsOnly("video/mp4");
    assertThat(multipart.bodies())
        .containsExactly(film(100, 199), film(0, 0), film(299995, 299999), film(200000, 250000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=300000-", "bytes=-0", "bytes=9999999999999999999999999999-"})
  void aRangeOutsideIsNotSatisfiable(String range) throws IOException {
    Response response = get(film, "Range: " + range);
    assertThat(response.status()).isEqualTo(416);
    assertThat(response.header("Content-Range")).isEqualTo("bytes */" + FILM);
    assertProblem(response, 416, "300000 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=5-3", "lines=1-2", "nonsense", "bytes=0-,0-"})
  void aRangeThatSaysNothingIsIgnored(String range) throws IOException {
    Response response = get(film, "Range: " + range);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Range")).isEmpty();
    assertThat(response.body()).isEqualTo(film(0, FILM - 1));
  }

  @Test
  void ifRangeDecidesBetweenPartAndWhole() throws IOException {
    assertThat(get(film, "Range: bytes=0-1", "If-Range: " + etag(1)).status()).isEqualTo(206);
    assertThat(get(film, "Range: bytes=0-1", "If-Range: " + etag(0)).status()).isEqualTo(200);
    assertThat(get(film, "Range: bytes=0-1", "If-Range: W/" + etag(1)).status()).isEqualTo(200);
  }

  @Test
  void conditionsAreObeyed() throws IOException {
    Response notModified = get(film, "If-None-Match: " + etag(1), "Range: bytes=0-1");
    assertThat(notModified.status()).isEqualTo(304);
    assertThat(notModified.header("ETag")).isEqualTo(etag(1));
    assertThat(notModified.header("Cache-Control")).contains("immutable");
    assertThat(notModified.header("Date")).isNotEmpty();
    assertThat(notModified.header("Content-Type")).isEmpty();
    assertThat(notModified.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertProblem(get(film, "If-Match: \"other\""), 412, "entity tag");
    assertThat(get(film, "If-Match: " + etag(1)).status()).isEqualTo(200);
    assertThat(head(film, "If-None-Match: *").status()).isEqualTo(304);
  }

  @Test
  void anEmptyFileIsSentAsNothing() throws IOException {
    String empty = "/stream/" + info.infoHash() + "/t/empty.mp4";
    Response response = get(empty);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Content-Length")).isEqualTo("0");
    assertThat(get(empty, "Range: bytes=0-").status()).isEqualTo(416);
    assertThat(get(empty, "Range: bytes=0-").header("Content-Range")).isEqualTo("bytes */0");
    assertThat(get(empty, "Range: bytes=-5").status()).isEqualTo(200);
    assertThat(swarm.windowsEver()).isZero();
  }

  @Test
  void whatABrowserWouldRunCannotRun() throws IOException {
    Response page = get("/stream/" + info.infoHash() + "/t/page.html");
    assertThat(page.header("Content-Disposition")).startsWith("attachment;");
    assertThat(page.header("Content-Security-Policy")).contains("sandbox");
    assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void padFilesAreServed() throws IOException {
    Response pad = get("/stream/" + info.infoHash() + "/t/.pad/2000");
    assertThat(pad.body()).isEqualTo(bytes(info.files().get(3), 0, 1_999));
  }

  @Test
  void anyEscapingOfThePathWillDo() throws IOException {
    String base = "/stream/" + info.infoHash() + "/";
    for (String path :
        List.of("t/%c3%84%20film.mp4", "%74%2f%C3%84%20film%2Emp4", "t/Ã\u0084%20film.mp4")) {
      assertThat(head(base + path).header("ETag")).as(path).isEqualTo(etag(1));
    }
    for (String hash : List.of(info.infoHash().hex().toUpperCase(Locale.ROOT))) {
      assertThat(head("/stream/" + hash + "/" + FILM_PATH).status()).isEqualTo(200);
    }
  }

  @Test
  void namesWithPercentSignsAreFoundEscapedAndNot() throws IOException {
    String base = "/stream/" + info.infoHash() + "/t/";
    assertThat(head(base + "100%25.mp3").header("ETag")).isEqualTo(etag(5));
    assertThat(head(base + "100%.mp3").header("ETag")).isEqualTo(etag(5));
    assertThat(head(base + "a%2520b.mp3").header("ETag")).isEqualTo(etag(6));
    assertThat(head(base + "a%20b.mp3").header("ETag")).isEqualTo(etag(6));
  }

  @Test
  void badRequestsGetOneClearProblem() throws IOException {
    String base = "/stream/" + info.infoHash() + "/";
    assertProblem(get("/stream/nonsense/a"), 400, "infohash");
    assertProblem(get("/stream/"), 400, "infohash");
    assertProblem(get("/stream/" + "0".repeat(40) + "/a"), 404, "no such torrent");
    assertProblem(get(base + "t/other.mp4"), 404, "no such file");
    assertProblem(get(base + "t"), 404, "no such file");
    assertProblem(get(base + "t/../t/a.txt"), 404, "no such file");
    assertProblem(get(base + "t/%zz"), 404, "no such file");
    assertProblem(get("/api/v1/%zz"), 400, "malformed");
    assertProblem(get(base + "t/%FF%FE"), 400, "percent-encoded");
    assertProblem(get("/stream/" + info.infoHash() + "?file=x"), 400, "number");
    assertProblem(get("/stream/" + info.infoHash() + "?file=-1"), 400, "number");
    assertProblem(get("/stream/" + info.infoHash() + "?file=7"), 404, "no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "BREW"})
  void onlyReadingIsAllowed(String method) throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      http.request(method, film, "Content-Length: 0");
      Response response = http.read(method);
      assertProblem(response, 405, "read");
      assertThat(response.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }
  }

  private static void assertProblem(Response response, int status, String detail) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(response.header("Access-Control-Expose-Headers")).contains("Content-Range");
    assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    JsonObject problem = new JsonObject(response.text());
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("title")).isNotEmpty();
    assertThat(problem.getString("detail")).contains(detail);
  }

  @Test
  void preflightsAreAnswered() throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      http.request(
          "OPTIONS",
          film,
          "Origin: http://example.org",
          "Access-Control-Request-Method: GET",
          "Access-Control-Request-Headers: range, cache-control, user-agent");
      Response response = http.read("OPTIONS");
      assertThat(response.status()).isEqualTo(204);
      assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(response.header("Access-Control-Allow-Methods")).isEqualTo("GET, HEAD, OPTIONS");
      assertThat(response.header("Access-Control-Allow-Headers"))
          .contains("Range", "Cache-Control", "User-Agent", "If-Range", "If-None-Match");
      assertThat(response.header("Access-Control-Max-Age")).isEqualTo("86400");
      assertThat(response.header("Content-Length")).isEmpty();
      assertThat(http.get(film, "Range: bytes=0-0").status()).as("kept alive").isEqualTo(206);
    }
  }

  @Test
  void theTorrentAloneLeadsToItsLargestPlayableFileOrToTheOneAsked() throws IOException {
    String torrent = "/stream/" + info.infoHash();
    for (String target : List.of(torrent, torrent + "/", torrent + "?file=1")) {
      Response response = get(target);
      assertThat(response.status()).isEqualTo(307);
      assertThat(response.header("Location")).isEqualTo(film);
      assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(response.header("Content-Length")).isEqualTo("0");
    }
    assertThat(get(torrent + "?file=5").header("Location")).isEqualTo(torrent + "/t/100%25.mp3");
    assertThat(head(torrent).header("Location")).isEqualTo(film);
    assertThat(get(torrent + "?parts").header("Location")).isEqualTo(film + "?parts");
    assertThat(get(film + "?parts", "Range: bytes=5-").status()).isEqualTo(206);
  }

  @Test
  void webSeedsAreTheSameBytes() throws IOException {
    String seed = "/webseed/" + info.infoHash() + "/";
    Response part = get(seed + FILM_PATH, "Range: bytes=5-99");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(film(5, 99));
    assertThat(get(seed + "t/.pad/2000").body()).isEqualTo(bytes(info.files().get(3), 0, 1_999));
    // webtorrent asks past the end of a file that others follow.
    assertThat(get(seed + FILM_PATH, "Range: bytes=299990-400000").body())
        .isEqualTo(film(299_990, 299_999));
  }

  @Test
  void theWebSeedOfASingleFileIsTheFileWithAndWithoutASlash() throws IOException {
    TorrentInfo single = TorrentInfos.single("film.mp4", 16_384, content);
    try (MemorySwarm one = new MemorySwarm(single, content)) {
      server.add(one);
      for (String end : List.of("", "/", "/film.mp4")) {
        Response response = get("/webseed/" + single.infoHash() + end, "Range: bytes=10-19");
        assertThat(response.status()).as(end).isEqualTo(206);
        assertThat(response.body()).isEqualTo(ByteBuffer.wrap(content, 10, 10));
      }
    }
  }

  @Test
  void televisionsAreToldWhatTheyAskFor() throws IOException {
    Response response =
        head(film, "getcontentFeatures.dlna.org: 1", "transferMode.dlna.org: Streaming");
    assertThat(response.header("contentFeatures.dlna.org")).startsWith("DLNA.ORG_OP=01");
    assertThat(response.header("transferMode.dlna.org")).isEqualTo("Streaming");
    assertThat(head(film).head()).doesNotContain("dlna");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        requests.append(
            (i % 5 == 4 ? "HEAD " : "GET ")
                + film
                + " HTTP/1.1\r\nHost: x\r\nRange: bytes="
                + 10_000 * i
                + "-"
                + (10_000 * i + 9_999)
                + "\r\n\r\n");
      }
      http.send(requests.toString());
      for (int i = 0; i < 20; i++) {
        Response response = http.read(i % 5 == 4 ? "HEAD" : "GET");
        assertThat(response.all("Content-Length")).hasSize(1);
        assertThat(response.all("Transfer-Encoding")).isEmpty();
        if (i % 5 != 4) {
          assertThat(response.body()).isEqualTo(film(10_000L * i, 10_000L * i + 9_999));
        }
      }
    }
  }

  @Test
  void noAnswerHasTwoLengthsOrIsChunked() throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      for (String range :
          List.of(
              "X: y",
              "Range: bytes=0-",
              "Range: bytes=1-2,4-5",
              "Range: bytes=999999-",
              "If-Match: \"x\"",
              "Accept-Encoding: gzip, br")) {
        Response response = http.get(film, range);
        assertThat(response.all("Content-Length")).as(range).hasSize(1);
        assertThat(response.all("Transfer-Encoding")).isEmpty();
        assertThat(response.all("Content-Encoding")).isEmpty();
      }
    }
  }

  @Test
  void http10ClientsAreServed() throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      http.send("GET " + film + " HTTP/1.0\r\nRange: bytes=0-9\r\n\r\n");
      Response response = http.read("GET");
      assertThat(response.status()).isEqualTo(206);
      assertThat(response.body()).isEqualTo(film(0, 9));
      assertThat(http.readToEnd()).isEmpty();
    }
  }

  @Test
  void aGetWithABodyIsAnsweredAndTheConnectionKept() throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      http.request("GET", film, "Range: bytes=0-9", "Content-Length: 5");
      http.send("hello");
      assertThat(http.read("GET").body()).isEqualTo(film(0, 9));
      assertThat(http.get(film, "Range: bytes=10-19").body()).isEqualTo(film(10, 19));
    }
  }

  @Test
  void http2IsServedTheSame() {
    HttpClient client = server.http2();
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int first = 20_000 * i;
      all.add(
          client
              .request(HttpMethod.GET, film)
              .compose(request -> request.putHeader("Range", "bytes=" + first + "-").send())
              .compose(
                  (HttpClientResponse response) -> {
                    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                    assertThat(response.statusCode()).isEqualTo(206);
                    assertThat(response.getHeader("content-length"))
                        .isEqualTo(Integer.toString(FILM - first));
                    return response.body();
                  })
              .onSuccess(
                  body ->
                      assertThat(ByteBuffer.wrap(body.getBytes()))
                          .isEqualTo(film(first, FILM - 1))));
    }
    StreamServer.join(Future.all(all));
    StreamServer.join(client.close());
  }

  /** A {@code multipart/byteranges} body, taken apart by its boundary alone. */
  record Multipart(List<String> contentTypes, List<String> contentRanges, List<ByteBuffer> bodies) {

    private static final Pattern BOUNDARY =
        Pattern.compile("multipart/byteranges; boundary=\"?([^\";]+)\"?");
    private static final Pattern PART = Pattern.compile("bytes (\\d+)-(\\d+)/\\d+");

    static Multipart of(Response response) {
      Matcher type = BOUNDARY.matcher(response.header("Content-Type"));
      assertThat(type.matches()).as(response.header("Content-Type")).isTrue();
      String text = StandardCharsets.ISO_8859_1.decode(response.body().duplicate()).toString();
      String delimiter = "--" + type.group(1);
      Multipart multipart = new Multipart(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      int at = text.indexOf(delimiter);
      assertThat(text.substring(0, at)).as("before the first part").isBlank();
      while (!text.startsWith(delimiter + "--", at)) {
        at += delimiter.length();
        assertThat(text.startsWith("\r\n", at)).isTrue();
        int end = text.indexOf("\r\n\r\n", at);
        String range = "";
        for (String line : text.substring(at + 2, end).split("\r\n", -1)) {
          if (line.startsWith("Content-Type: ")) {
            multipart.contentTypes.add(line.substring(14));
          } else if (line.startsWith("Content-Range: ")) {
            range = line.substring(15);
            multipart.contentRanges.add(range);
          }
        }
        Matcher part = PART.matcher(range);
        assertThat(part.matches()).as(range).isTrue();
        int length = (int) (Long.parseLong(part.group(2)) - Long.parseLong(part.group(1)) + 1);
        multipart.bodies.add(response.body().slice(end + 4, length));
        at = end + 4 + length;
        assertThat(text.startsWith("\r\n" + delimiter, at)).as("a delimiter after a part").isTrue();
        at += 2;
      }
      assertThat(text.substring(at + delimiter.length() + 2)).isEqualTo("\r\n");
      return multipart;
    }
  }
}
