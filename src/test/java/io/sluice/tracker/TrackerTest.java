package io.sluice.tracker;

import static io.sluice.tracker.Announces.offerId;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.started;
import static io.sluice.tracker.Announces.torrent;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.wire.TrackerCodec;
import io.sluice.wire.TrackerMessage;
import io.sluice.wire.TrackerMessage.Announced;
import io.sluice.wire.TrackerMessage.Failure;
import io.sluice.wire.TrackerMessage.RelayedAnswer;
import io.sluice.wire.TrackerMessage.RelayedOffer;
import io.sluice.wire.TrackerMessage.Scrape;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketFrame;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tracker over real sockets, and what hostile ones do to it. */
@SuppressWarnings("NullAway.Init") // The fields are set before each test.
final class TrackerTest {

  private static Vertx vertx;

  private TrackerServer server;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void serve(Consumer<TestLimits> change) {
    server = new TrackerServer(vertx, TestLimits.with(change));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawClient connect() {
    return RawClient.connect(vertx, server);
  }

  private void awaitSockets(int sockets) {
    await().atMost(30, SECONDS).until(() -> server.tracker.stats().sockets() == sockets);
  }

  @Test
  void introducesTwoPeers() throws Exception {
    serve(_ -> {});
    RawClient leecher = connect();
    leecher.say(started(1, 1, 5, 0));
    assertThat(leecher.hear()).isEqualTo(new Announced(torrent(1), 120, 0, 1));
    RawClient seed = connect();
    seed.say(started(1, 2, 0, 2));
    assertThat(seed.hear()).isEqualTo(new Announced(torrent(1), 120, 1, 1));
    assertThat(leecher.hear())
        .isEqualTo(new RelayedOffer(torrent(1), peer(2), Announces.offers(2, 2).getFirst()));
    leecher.say(Announces.answer(1, 1, 2, offerId(2, 0)));
    assertThat(seed.hear())
        .isEqualTo(new RelayedAnswer(torrent(1), peer(1), offerId(2, 0), "answer of 1"));
    seed.close();
    await().atMost(30, SECONDS).until(() -> server.tracker.stats().complete() == 0);
    TrackerStats stats = server.tracker.stats();
    assertThat(stats.incomplete()).isEqualTo(1);
    assertThat(stats.announces()).isEqualTo(2);
    assertThat(stats.offers()).isEqualTo(1);
    assertThat(stats.answers()).isEqualTo(1);
  }

  @Test
  void leavesRequestsForNoSocketToTheCaller() throws Exception {
    serve(_ -> {});
    URI uri = URI.create(server.uri().toString().replace("ws:", "http:"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      // The server of this test takes them for announces over HTTP.
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).startsWith("d14:failure reason");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {TrackerMessage.MAX_MESSAGE_BYTES, 50_000, 997, 60})
  void readsMessagesInAnyFrames(int frameBytes) throws Exception {
    serve(_ -> {});
    String text = TrackerCodec.encode(started(1, 1, 5, 0));
    String pad = "\"pad\":\"" + "x".repeat(TrackerMessage.MAX_MESSAGE_BYTES - text.length() - 9);
    byte[] message =
        text.replaceFirst("\\{", "{" + pad + "\",").getBytes(StandardCharsets.US_ASCII);
    assertThat(message).hasSize(TrackerMessage.MAX_MESSAGE_BYTES);
    RawClient client = connect();
    for (int at = 0; at < message.length; at += frameBytes) {
      int end = Math.min(at + frameBytes, message.length);
      Buffer part = Buffer.buffer(message).slice(at, end);
      boolean last = end == message.length;
      client.frame(
          at == 0
              ? WebSocketFrame.binaryFrame(part, last)
              : WebSocketFrame.continuationFrame(part, last));
    }
    assertThat(client.hear()).isEqualTo(new Announced(torrent(1), 120, 0, 1));
  }

  @Test
  void closesOnAMessageThatIsTooLong() throws Exception {
    serve(_ -> {});
    RawClient client = connect();
    Buffer half = Buffer.buffer(" ".repeat(TrackerMessage.MAX_MESSAGE_BYTES / 2));
    client.frame(WebSocketFrame.binaryFrame(half, false));
    client.frame(WebSocketFrame.continuationFrame(half, false));
    client.frame(WebSocketFrame.continuationFrame(Buffer.buffer("."), true));
    assertThat(client.closed.get(30, SECONDS)).isEqualTo(1009);
    RawClient other = connect();
    other.frame(WebSocketFrame.binaryFrame(half.copy().appendBuffer(half).appendString("."), true));
    other.closed.get(30, SECONDS);
    awaitSockets(0);
    assertThat(server.tracker.stats().socketsDropped()).isEqualTo(1);
  }

  @Test
  void garbageGetsOneReasonAndThenTheDoor() throws Exception {
    serve(_ -> {});
    RawClient client = connect();
    client.say(started(1, 1, 5, 0));
    assertThat(client.hear()).isInstanceOf(Announced.class);
    int times = TrackerLimits.DEFAULT.sockets().malformedMessages();
    IntStream.range(0, times).forEach(_ -> client.say("{\"action\":"));
    assertThat(client.hear()).isInstanceOf(Failure.class);
    assertThat(client.closed.get(30, SECONDS)).isEqualTo(1008);
    assertThat(client.heardNothing()).isTrue();
    assertThat(server.tracker.stats().malformed()).isEqualTo(times);
    assertThat(server.tracker.stats().incomplete()).isZero();
  }

  @Test
  void boundsSockets() throws Exception {
    serve(
        limits -> {
          limits.sockets = 3;
          limits.socketsPerAddress = 2;
        });
    RawClient first = connect();
    connect();
    assertThatThrownBy(this::connect)
        .cause()
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            rejected -> {
              assertThat(rejected.getStatus()).isEqualTo(503);
              assertThat(rejected.getHeaders().get("Retry-After")).isEqualTo("120");
            });
    assertThat(server.tracker.stats().socketsRefused()).isEqualTo(1);
    first.close();
    awaitSockets(1);
    connect().say(started(1, 1, 5, 0));
  }

  @Test
  void failedHandshakesGiveTheirPlaceBack() throws Exception {
    serve(limits -> limits.sockets = 1);
    for (int i = 0; i < 3; i++) {
      try (RawTcp tcp = new RawTcp(server, 99)) {
        assertThat(tcp.head).startsWith("HTTP/1.1 426");
      }
    }
    awaitSockets(0);
    RawClient client = connect();
    client.say(started(1, 1, 5, 0));
    assertThat(client.hear()).isInstanceOf(Announced.class);
  }

  @Test
  void pingsAndDropsWhoDoesNotAnswer() throws Exception {
    serve(limits -> limits.ping = Duration.ofSeconds(1));
    RawClient answering = connect();
    answering.say(started(1, 1, 5, 0));
    assertThat(answering.hear()).isInstanceOf(Announced.class);
    try (RawTcp silent = new RawTcp(server)) {
      silent.send(RawTcp.text(TrackerCodec.encode(started(1, 2, 0, 0))));
      assertThat(silent.readFrame()).isEqualTo(RawTcp.TEXT);
      assertThat(server.tracker.stats().complete()).isEqualTo(1);
      assertThat(silent.readFrame()).isEqualTo(RawTcp.PING);
      assertThat(silent.readFrame()).isEqualTo(RawTcp.PING);
      assertThat(silent.readFrame()).isEqualTo(-1);
    }
    awaitSockets(1);
    assertThat(server.tracker.stats().complete()).isZero();
    assertThat(server.tracker.stats().socketsDropped()).isEqualTo(1);
    answering.say(started(1, 1, 5, 0));
    assertThat(answering.hear()).isEqualTo(new Announced(torrent(1), 120, 0, 1));
  }

  @Test
  void closesSocketsThatAnnounceNothing() throws Exception {
    serve(
        limits -> {
          limits.ping = Duration.ofMillis(700);
          limits.idle = Duration.ofMillis(800);
        });
    RawClient busy = connect();
    busy.say(started(1, 1, 5, 0));
    RawClient idle = connect();
    assertThat(idle.closed.get(30, SECONDS)).isEqualTo(1008);
    assertThat(busy.closed).isNotDone();
  }

  @Test
  void dropsWhoDoesNotRead() throws Exception {
    serve(
        limits -> {
          limits.messagesPerSecond = 1_000_000;
          limits.messageBurst = 1_000_000;
        });
    byte[] scrape =
        RawTcp.text(
            TrackerCodec.encode(
                new Scrape(IntStream.range(0, 100).mapToObj(Announces::torrent).toList())));
    try (RawTcp deaf = new RawTcp(server)) {
      awaitSockets(1);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      try {
        while (server.tracker.stats().sockets() > 0 && System.nanoTime() < deadline) {
          deaf.send(scrape);
        }
      } catch (SocketException closed) {
        // The server has closed the connection.
      }
      awaitSockets(0);
    }
    assertThat(server.tracker.stats().socketsDropped()).isEqualTo(1);
  }

  @Test
  void readsSlowlyFromWhoTalksTooFast() throws Exception {
    serve(
        limits -> {
          limits.messagesPerSecond = 100;
          limits.messageBurst = 10;
        });
    RawClient client = connect();
    long begin = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      client.say(new Scrape(List.of(torrent(i))));
    }
    for (int i = 0; i < 100; i++) {
      client.hear();
    }
    assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(800));
    assertThat(client.closed).isNotDone();
  }

  @Test
  void survivesBrokenFrames() throws Exception {
    serve(_ -> {});
    List<byte[]> broken =
        List.of(
            new byte[] {(byte) 0x81, 1, 'x'}, // Not masked.
            new byte[] {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0}, // Opcode 3.
            new byte[] {(byte) 0xF1, (byte) 0x80, 0, 0, 0, 0}, // Reserved bits.
            new byte[] {(byte) 0x80, (byte) 0x80, 0, 0, 0, 0}, // Continues nothing.
            new byte[] {(byte) 0x82, (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0},
            new byte[] {(byte) 0x82, (byte) 0xFF, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0},
            new byte[] {(byte) 0x89, (byte) 0xFE, 0x01, 0x00, 0, 0, 0, 0}, // Long ping.
            "GET / HTTP/1.1\r\n\r\n".repeat(50).getBytes(StandardCharsets.US_ASCII));
    for (byte[] bytes : broken) {
      try (RawTcp tcp = new RawTcp(server)) {
        assertThat(tcp.head).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=").doesNotContain("deflate");
        tcp.send(RawTcp.text(TrackerCodec.encode(started(1, 1, 5, 0))));
        assertThat(tcp.readFrame()).isEqualTo(RawTcp.TEXT);
        tcp.send(bytes);
        tcp.awaitEnd();
      }
      awaitSockets(0);
      assertThat(server.tracker.stats().torrents()).isZero();
    }
  }

  @Test
  void stoppingClosesTheSockets() throws Exception {
    serve(_ -> {});
    RawClient client = connect();
    client.say(started(1, 1, 5, 0));
    assertThat(client.hear()).isInstanceOf(Announced.class);
    server.tracker.close();
    assertThat(client.closed.get(30, SECONDS)).isEqualTo(1001);
    assertThatThrownBy(this::connect).cause().isInstanceOf(UpgradeRejectedException.class);
    assertThat(server.tracker.stats().torrents()).isZero();
  }
}
