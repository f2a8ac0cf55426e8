package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.Departure.RangeRequest;
import io.sluice.http.RawHttp.Response;
import io.sluice.http.StreamRouteTest.Multipart;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.MemorySwarm;
import io.sluice.testing.SeededCases;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The same requests to us and to nginx, for the same file: status, headers and bytes agree, but for
 * the {@link Departure}s.
 */
@ExtendWith(LeakCheck.class)
final class RangesAgainstNginxIT {

  private static final int CASES = 2_000;
  private static final int LENGTH = 10_007;

  private final byte[] content = new byte[LENGTH];
  private final Set<String> departed = new HashSet<>();
  private final Set<Integer> statuses = new HashSet<>();
  private int multiparts;

  /** What is compared of an answer. */
  record Outcome(
      int status,
      String contentType,
      String contentRange,
      String contentLength,
      String acceptRanges,
      List<String> partRanges,
      List<String> partTypes,
      List<ByteBuffer> bodies) {

    static Outcome of(Response response, boolean head) {
      return switch (response.status()) {
        case 304 -> new Outcome(304, "", "", "", "", List.of(), List.of(), List.of());
        // What error pages say is everybody's own.
        case 412, 416 ->
            new Outcome(
                response.status(),
                "",
                response.header("Content-Range"),
                "",
                "",
                List.of(),
                List.of(),
                List.of());
        case 200, 206 -> whole(response, head);
        default -> throw new AssertionError("unexpected: " + response.head());
      };
    }

    private static Outcome whole(Response response, boolean head) {
      String type = response.header("Content-Type");
      if (type.startsWith("multipart/byteranges") && !head) {
        Multipart parts = Multipart.of(response);
        return new Outcome(
            response.status(),
            "multipart/byteranges",
            response.header("Content-Range"),
            "as long as its boundary makes it",
            "",
            parts.contentRanges(),
            parts.contentTypes(),
            parts.bodies());
      }
      return new Outcome(
          response.status(),
          type,
          response.header("Content-Range"),
          response.header("Content-Length"),
          response.status() == 200 ? response.header("Accept-Ranges") : "",
          List.of(),
          List.of(),
          List.of(response.body()));
    }
  }

  /** One of the two servers. */
  private static final class Server implements AutoCloseable {
    private final int port;
    private RawHttp http;
    private final String target;
    private final String etag;
    private final String date;

    Server(int port, String target) throws IOException {
      this.port = port;
      this.http = new RawHttp(port);
      this.target = target;
      Response head = http.head(target);
      this.etag = head.header("ETag");
      String modified = head.header("Last-Modified");
      this.date = modified.isEmpty() ? "Sun, 06 Nov 1994 08:49:37 GMT" : modified;
      assertThat(etag).matches("\"[!-~]+\"");
    }

    Outcome ask(RangeRequest request) throws IOException {
      List<String> headers = new ArrayList<>();
      add(headers, "Range", request.range());
      add(headers, "If-Range", request.ifRange());
      add(headers, "If-Match", request.ifMatch());
      add(headers, "If-None-Match", request.ifNoneMatch());
      http.request(request.method(), target, headers.toArray(String[]::new));
      Response response;
      try {
        response = http.read(request.method());
      } catch (IOException e) {
        throw new AssertionError("no answer from " + target + " to " + request, e);
      }
      if (response.status() == 412) {
        // nginx says keep-alive and closes all the same.
        http.close();
        http = new RawHttp(port);
      } else if (response.status() <= 304) {
        assertThat(response.header("ETag")).isEqualTo(etag);
      }
      return Outcome.of(response, request.method().equals("HEAD"));
    }

    private void add(List<String> headers, String name, String value) {
      if (!value.isEmpty()) {
        headers.add(name + ": " + value.replace("{etag}", etag).replace("{date} GMT", date));
      }
    }

    @Override
    public void close() throws IOException {
      http.close();
    }
  }

  @Test
  void twoThousandRequestsAreAnsweredAlike() throws Exception {
    new Random(3).nextBytes(content);
    TorrentInfo info = TorrentInfos.single("film.mp4", 1024, content);
    Path prefix = Files.createDirectories(Path.of("target")).toAbsolutePath();
    prefix = Files.createTempDirectory(prefix, "nginx-");
    Path root = Files.createDirectories(prefix.resolve("root"));
    Files.write(root.resolve("film.mp4"), content);
    try (Nginx nginx = Nginx.start(prefix, root);
        MemorySwarm swarm = new MemorySwarm(info, content);
        StreamServer sluice =
            new StreamServer(StreamPolicy.ofFirstByteWait(Duration.ofSeconds(15)))) {
      sluice.add(swarm);
      try (Server theirs = new Server(nginx.port(), "/film.mp4");
          Server ours = new Server(sluice.port(), "/stream/" + info.infoHash() + "/film.mp4")) {
        SeededCases.run(CASES, random -> compare(request(random), ours, theirs));
      }
    }
    assertThat(statuses).as("all kinds of answers").contains(200, 206, 304, 412, 416);
    assertThat(multiparts).isGreaterThan(CASES / 20);
    assertThat(Departure.ALL)
        .as("nginx really departs so")
        .allSatisfy(departure -> assertThat(departed).contains(departure.name()));
  }

  private void compare(RangeRequest request, Server ours, Server theirs) throws IOException {
    List<Departure> departures = new ArrayList<>();
    RangeRequest plain = request;
    for (Departure departure : Departure.ALL) {
      if (departure.concerns().test(plain)) {
        departures.add(departure);
        plain = departure.plain().apply(plain);
      }
    }
    Outcome answer = ours.ask(request);
    assertThat(answer).as("%s, asked of nginx as %s", request, plain).isEqualTo(theirs.ask(plain));
    if (departures.size() == 1 && !answer.equals(theirs.ask(request))) {
      departed.add(departures.getFirst().name());
    }
    statuses.add(answer.status());
    multiparts += answer.partRanges().isEmpty() ? 0 : 1;
  }

  private static RangeRequest request(Random random) {
    String method = random.nextInt(12) == 0 ? "HEAD" : "GET";
    String range = random.nextInt(25) == 0 ? "" : range(random);
    String ifRange = random.nextInt(6) == 0 ? pick(random, IF_RANGE) : "";
    String ifMatch = random.nextInt(12) == 0 ? pick(random, TAGS) : "";
    String ifNoneMatch = random.nextInt(12) == 0 ? pick(random, TAGS) : "";
    return new RangeRequest(method, range, ifRange, ifMatch, ifNoneMatch);
  }

  private static final List<String> IF_RANGE =
      List.of(
          "{etag}",
          "{etag}",
          "W/{etag}",
          "\"other\"",
          "{date} GMT",
          "Sat, 29 Oct 1994 19:43:31 GMT",
          "nonsense",
          "\"");

  private static final List<String> TAGS =
      List.of(
          "*",
          "{etag}",
          "W/{etag}",
          "\"other\"",
          "\"other\", {etag}",
          "\"other\",W/{etag}",
          "\"a\", \"b\" , {etag} ,\"c\"",
          "nonsense");

  private static String range(Random random) {
    return switch (random.nextInt(20)) {
      case 0 -> "bytes=" + absurd(random);
      case 1 -> absurd(random);
      case 2 ->
          pick(random, List.of("BYTES=", "Bytes=", "bytes =", "octets=", "bytes:"))
              + set(random, 1);
      case 3 -> "bytes=" + tiny(random, RangeHeader.MAX_RANGES - 4 + random.nextInt(10));
      case 4, 5, 6, 7, 8 -> "bytes=" + set(random, 2 + random.nextInt(5));
      default -> "bytes=" + set(random, 1);
    };
  }

  private static String tiny(Random random, int size) {
    List<String> specs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int first = random.nextInt(LENGTH);
      specs.add(first + "-" + (first + random.nextInt(20)));
    }
    return String.join(",", specs);
  }

  private static String set(Random random, int size) {
    List<String> specs = new ArrayList<>();
    boolean small = size > 1 && random.nextInt(4) != 0;
    for (int i = 0; i < size; i++) {
      specs.add(spec(random, small));
    }
    String comma = pick(random, List.of(",", ",", ",", ", ", " , ", "  ,", ",\t", ",,", ", ,"));
    return String.join(size > 1 ? comma : ",", specs) + (random.nextInt(40) == 0 ? "," : "");
  }

  private static String spec(Random random, boolean small) {
    String first = position(random);
    return switch (random.nextInt(small ? 12 : 10)) {
      case 0, 1 -> small ? first + "-" + first : first + "-";
      case 2 -> "-" + (small ? "" + random.nextInt(40) : position(random));
      case 3 -> first + "-" + position(random);
      case 4 -> random.nextInt(3) == 0 ? first + " - " + position(random) : first + "-" + first;
      default -> {
        int from = random.nextInt(LENGTH + LENGTH / 8);
        yield from + "-" + (from + random.nextInt(small ? 100 : LENGTH));
      }
    };
  }

  private static String position(Random random) {
    return switch (random.nextInt(16)) {
      case 0 -> "0";
      case 1 -> "" + (LENGTH - 1);
      case 2 -> "" + LENGTH;
      case 3 -> "" + (LENGTH + 1);
      case 4 ->
          pick(
              random,
              List.of(
                  "9223372036854775807",
                  "9223372036854775808",
                  "18446744073709551616",
                  "4294967296",
                  "2147483648",
                  "123456789012345678901234567890"));
      case 5 -> "000" + random.nextInt(LENGTH);
      default -> "" + random.nextInt(LENGTH);
    };
  }

  private static String absurd(Random random) {
    String alphabet = "0123456789--,,= abx.*\"+;/";
    StringBuilder text = new StringBuilder("x".repeat(random.nextInt(2)));
    for (int i = random.nextInt(14); i >= 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString().strip();
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
