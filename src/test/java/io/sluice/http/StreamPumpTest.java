package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.cache.Piece;
import io.sluice.http.RawHttp.Response;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.MemorySwarm;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How bodies flow, stall and end. */
@ExtendWith(LeakCheck.class)
final class StreamPumpTest {

  private static final int PIECE = 256 * 1024;
  private static final int PIECES = 128;
  private static final int LENGTH = PIECE * PIECES;

  private static final byte[] CONTENT = new byte[LENGTH];

  static {
    new Random(12).nextBytes(CONTENT);
  }

  private static final TorrentInfo INFO = TorrentInfos.single("film.mp4", PIECE, CONTENT);
  private static final String FILM = "/stream/" + INFO.infoHash() + "/film.mp4";

  // A cache of four pieces: what is read again is loaded again.
  private final MemorySwarm swarm = new MemorySwarm(INFO, CONTENT, 4L * PIECE);
  private StreamServer server =
      new StreamServer(StreamPolicy.ofFirstByteWait(Duration.ofSeconds(15)));

  StreamPumpTest() {
    server.add(swarm);
  }

  /** Serves the swarm with short waits from now on. */
  private void beImpatient(long firstByteMillis, long stallMillis) {
    server.close();
    server =
        new StreamServer(
            StreamServer.impatient(
                Duration.ofMillis(firstByteMillis), Duration.ofMillis(stallMillis)));
    server.add(swarm);
  }

  @AfterEach
  void close() {
    server.close();
    swarm.close();
  }

  private ByteBuffer bytes(int first, int length) {
    return ByteBuffer.wrap(CONTENT, first, length);
  }

  @Test
  void aWholeFileFlowsThroughACacheThatHoldsAFraction() throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      assertThat(http.get(FILM).body()).isEqualTo(bytes(0, LENGTH));
    }
    assertThat(swarm.loads()).isEqualTo(PIECES);
  }

  @Test
  void aClientThatReadsNothingLeavesTheLoadsBounded() throws Exception {
    try (RawHttp http = new RawHttp(server.port(), 64 * 1024)) {
      http.request("GET", FILM);
      await().until(() -> http.available() > 0);
      // Until the sockets' buffers are full: no load for half a second.
      AtomicLong last = new AtomicLong(-1);
      await()
          .pollInterval(Duration.ofMillis(500))
          .until(() -> last.getAndSet(swarm.loads()) == swarm.loads());
      // 256 KiB that the kernel has not sent, what fits the client's buffer, and a piece in hand.
      int taken = server.vertx().isNativeTransportEnabled() ? 1 << 20 : LENGTH / 2;
      assertThat(swarm.loads() * PIECE).isLessThanOrEqualTo(taken);
      assertThat(Piece.liveBytes()).isLessThan(LENGTH / 2);
      assertThat(swarm.windows()).hasSize(1);
      Response head = http.readHead();
      assertThat(head.status()).isEqualTo(200);
      assertThat(ByteBuffer.wrap(http.readBody(LENGTH))).isEqualTo(bytes(0, LENGTH));
    }
  }

  @Test
  void aClientThatGoesAwayTakesItsWindowAlongWithinASecond() throws IOException {
    for (boolean reset : new boolean[] {false, true}) {
      for (boolean stalled : new boolean[] {false, true}) {
        if (stalled) {
          swarm.withholdFrom(2);
        }
        RawHttp http = new RawHttp(server.port(), 64 * 1024);
        http.request("GET", FILM);
        http.readHead();
        http.readBody(1000);
        assertThat(swarm.windows()).hasSize(1);
        if (reset) {
          http.reset();
        } else {
          http.close();
        }
        await().atMost(Duration.ofSeconds(1)).until(() -> swarm.windows().isEmpty());
      }
    }
  }

  @Test
  void aClientThatGoesAwayWhileItWaitsForTheFirstByteTakesItsWindowAlong() throws IOException {
    swarm.withholdFrom(0);
    RawHttp http = new RawHttp(server.port());
    http.request("GET", FILM);
    await().until(() -> swarm.windows().size() == 1);
    http.close();
    await().atMost(Duration.ofSeconds(1)).until(() -> swarm.windows().isEmpty());
  }

  @Test
  void theResponseTricklesWhilePiecesAreOnTheirWay() throws IOException {
    swarm.withholdFrom(1);
    try (RawHttp http = new RawHttp(server.port())) {
      http.request("GET", FILM, "Range: bytes=0-" + (3 * PIECE - 1));
      assertThat(http.readHead().header("Content-Length")).isEqualTo("" + 3 * PIECE);
      for (int piece = 0; piece < 3; piece++) {
        assertThat(ByteBuffer.wrap(http.readBody(PIECE))).isEqualTo(bytes(piece * PIECE, PIECE));
        assertThat(http.available()).isZero();
        if (piece < 2) {
          swarm.deliver(piece + 1);
        }
      }
      assertThat(http.get(FILM, "Range: bytes=0-9").body()).isEqualTo(bytes(0, 10));
    }
  }

  @Test
  void whenNothingComesTheAnswerSaysWhatIsMissing() throws IOException {
    beImpatient(200, 60_000);
    swarm.withholdFrom(0);
    try (RawHttp http = new RawHttp(server.port())) {
      assertMissing(http.get(FILM), "piece");
      swarm.peers(0);
      assertMissing(http.get(FILM, "Range: bytes=0-9,20-29"), "peers");
      assertThat(swarm.windows()).isEmpty();
      swarm.deliver(0);
      assertThat(http.get(FILM, "Range: bytes=0-9").body()).isEqualTo(bytes(0, 10));
    }
  }

  @Test
  void withoutMetadataTheAnswerSaysSo() throws IOException {
    beImpatient(300, 60_000);
    try (MemorySwarm unknown = MemorySwarm.withoutMetadata(INFO, CONTENT, 3);
        RawHttp http = new RawHttp(server.port())) {
      server.add(unknown);
      assertMissing(http.get(FILM), "metadata");
      assertMissing(http.get("/stream/" + INFO.infoHash()), "metadata");
      unknown.peers(0);
      assertMissing(http.get(FILM), "peers");
      http.request("GET", FILM, "Range: bytes=0-9");
      unknown.learnMetadata();
      assertThat(http.read("GET").body()).isEqualTo(bytes(0, 10));
    }
  }

  private static void assertMissing(Response response, String what) {
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Retry-After")).isEqualTo("5");
    assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(response.header("Content-Range")).isEmpty();
    assertThat(response.header("ETag")).isEmpty();
    assertThat(new JsonObject(response.text()).getString("missing")).isEqualTo(what);
  }

  @Test
  void aFirstPieceThatCannotBeHadIsA503WithItsReason() throws IOException {
    swarm.withholdFrom(0);
    try (RawHttp http = new RawHttp(server.port())) {
      http.request("GET", FILM);
      await()
          .until(
              () -> {
                swarm.giveUp(0, "the disk is tired");
                return http.available() > 0;
              });
      Response response = http.read("GET");
      assertThat(response.status()).isEqualTo(503);
      assertThat(new JsonObject(response.text()).getString("detail")).contains("the disk is tired");
    }
  }

  @Test
  void aPieceThatCannotBeHadEndsTheConnectionShort() throws IOException {
    swarm.withholdFrom(1);
    for (String range : List.of("Range: bytes=0-", "Range: bytes=0-99,300000-400000")) {
      try (RawHttp http = new RawHttp(server.port())) {
        http.request("GET", FILM, range);
        int promised = Integer.parseInt(http.readHead().header("Content-Length"));
        await().until(() -> http.available() > 0);
        await()
            .until(
                () -> {
                  swarm.giveUp(1, "nobody has it");
                  return swarm.windows().isEmpty();
                });
        assertThat(http.readToEnd().length).isBetween(1, promised - 1);
      }
    }
  }

  @Test
  void aPieceThatDoesNotComeEndsTheConnectionShortAndRangesResume() throws IOException {
    beImpatient(15_000, 300);
    swarm.withholdFrom(2);
    try (RawHttp http = new RawHttp(server.port())) {
      http.request("GET", FILM);
      http.readHead();
      assertThat(ByteBuffer.wrap(http.readToEnd())).isEqualTo(bytes(0, 2 * PIECE));
    }
    await().until(() -> swarm.windows().isEmpty());
    swarm.deliver(2);
    try (RawHttp http = new RawHttp(server.port())) {
      Response rest = http.get(FILM, "Range: bytes=" + 2 * PIECE + "-" + (3 * PIECE - 1));
      assertThat(rest.body()).isEqualTo(bytes(2 * PIECE, PIECE));
    }
  }

  @Test
  void aSlowPieceIsWaitedForAsLongAsItMayTake() throws IOException {
    beImpatient(15_000, 400);
    swarm.withholdFrom(1);
    try (RawHttp http = new RawHttp(server.port())) {
      http.request("GET", FILM, "Range: bytes=0-" + (4 * PIECE - 1));
      http.readHead();
      for (int piece = 0; piece < 4; piece++) {
        // Together longer than the patience, each within it.
        assertThat(ByteBuffer.wrap(http.readBody(PIECE))).isEqualTo(bytes(piece * PIECE, PIECE));
        int next = piece + 1;
        await()
            .pollDelay(Duration.ofMillis(200))
            .until(
                () -> {
                  swarm.deliver(next);
                  return true;
                });
      }
    }
  }

  @Test
  void aClientThatPausesIsNotStalled() throws IOException {
    beImpatient(15_000, 200);
    try (RawHttp http = new RawHttp(server.port(), 64 * 1024)) {
      http.request("GET", FILM);
      http.readHead();
      // Longer than the patience for pieces: that is not for clients.
      await().pollDelay(Duration.ofMillis(700)).until(() -> true);
      assertThat(ByteBuffer.wrap(http.readBody(LENGTH))).isEqualTo(bytes(0, LENGTH));
    }
  }

  @Test
  void aShortBodyIsAnErrorInHttp2Too() {
    beImpatient(15_000, 300);
    swarm.withholdFrom(2);
    HttpClient client = server.http2();
    io.vertx.core.Future<Buffer> body =
        client
            .request(HttpMethod.GET, FILM)
            .compose(request -> request.send())
            .compose(response -> response.body());
    await().until(body::isComplete);
    assertThat(body.failed()).isTrue();
    await().until(() -> swarm.windows().isEmpty());
    swarm.deliver(2);
    StreamServer.join(client.close());
  }

  @Test
  void aReaderWhoPausesLeavesTheLoadsBoundedInHttp2Too() {
    HttpClient client = server.http2();
    HttpClientResponse response =
        StreamServer.join(
            client
                .request(HttpMethod.GET, FILM)
                .compose(request -> request.send())
                .map(HttpClientResponse::pause));
    AtomicLong last = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(500))
        .until(() -> last.getAndSet(swarm.loads()) == swarm.loads());
    assertThat(swarm.loads()).isLessThan(PIECES / 2);
    assertThat(Piece.liveBytes()).isLessThan(LENGTH / 2);
    io.vertx.core.Future<Buffer> body = response.body();
    response.resume();
    await().until(body::isComplete);
    assertThat(ByteBuffer.wrap(body.result().getBytes())).isEqualTo(bytes(0, LENGTH));
    StreamServer.join(client.close());
  }

  @Test
  void tenViewersAtRandomOffsetsGetTheirBytesAndShareTheLoads() throws Exception {
    try (MemorySwarm roomy = new MemorySwarm(INFO, CONTENT);
        ExecutorService viewers = Executors.newVirtualThreadPerTaskExecutor()) {
      server.add(roomy);
      List<Future<?>> done = new ArrayList<>();
      for (int viewer = 0; viewer < 10; viewer++) {
        Random random = new Random(viewer);
        done.add(viewers.submit(() -> watch(random)));
      }
      for (Future<?> viewer : done) {
        viewer.get(60, TimeUnit.SECONDS);
      }
      for (int piece = 0; piece < PIECES; piece++) {
        assertThat(roomy.loads(piece)).isLessThanOrEqualTo(1);
      }
      assertThat(roomy.loads()).isPositive();
      await().until(() -> roomy.windows().isEmpty());
    }
  }

  private Void watch(Random random) throws IOException {
    for (int seek = 0; seek < 6; seek++) {
      try (RawHttp http = new RawHttp(server.port())) {
        int first = random.nextInt(LENGTH);
        int watched = Math.min(LENGTH - first, 1 + random.nextInt(8 * PIECE));
        http.request("GET", FILM, "Range: bytes=" + first + "-");
        assertThat(http.readHead().status()).isEqualTo(206);
        assertThat(ByteBuffer.wrap(http.readBody(watched))).isEqualTo(bytes(first, watched));
        if (random.nextBoolean()) {
          http.reset();
        }
      }
    }
    return null;
  }
}
