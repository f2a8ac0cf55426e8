package io.sluice.tracker;

import static io.sluice.testing.TrackerStatuses.awaitWorking;
import static io.sluice.tracker.Announces.peer;
import static io.sluice.tracker.Announces.started;
import static io.sluice.tracker.Announces.torrent;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.discovery.AddressPolicy;
import io.sluice.discovery.AnnounceStats;
import io.sluice.discovery.AnnouncedTorrent;
import io.sluice.discovery.DiscoveryLimits;
import io.sluice.discovery.FakeOffers;
import io.sluice.discovery.TrackerAnnouncement;
import io.sluice.discovery.TrackerClients;
import io.sluice.wire.AddressReply;
import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.AddressReply.Scraped;
import io.sluice.wire.HttpTrackerCodec;
import io.sluice.wire.HttpTrackerRequest.AnnounceRequest;
import io.sluice.wire.HttpTrackerRequest.Form;
import io.sluice.wire.HttpTrackerRequest.ScrapeRequest;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tracker over HTTP, its statistics, and that it has one table for all who come. */
@SuppressWarnings("NullAway.Init") // The fields are set before each test.
final class HttpSideTest {

  private static final int GATEWAY_PORT = 7_777;
  private static final Optional<InetAddress> HERE = Optional.of(InetAddress.ofLiteral("127.0.0.1"));

  private Vertx vertx;
  private TrackerServer server;
  private HttpClient http;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    start(TestLimits.with(_ -> {}));
    http = HttpClient.newHttpClient();
  }

  private void start(TrackerLimits limits) {
    TrackedTorrents torrents =
        new TrackedTorrents() {
          @Override
          public boolean tracked(InfoHash infoHash) {
            return !infoHash.equals(torrent(99));
          }

          @Override
          public int peerPort(InfoHash infoHash) {
            return infoHash.equals(torrent(7)) ? GATEWAY_PORT : 0;
          }
        };
    server = new TrackerServer(vertx, limits, torrents, 0);
  }

  @AfterEach
  void close() {
    http.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private HttpResponse<byte[]> get(String target) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + target);
    HttpResponse<byte[]> response =
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    return response;
  }

  private String body(Announce announce, int port, Form form) throws Exception {
    AnnounceRequest request = new AnnounceRequest(listing(announce), port, Optional.empty(), form);
    return new String(get("/announce?" + HttpTrackerCodec.encode(request)).body(), ISO_8859_1);
  }

  private static Announce listing(Announce announce) {
    return new Announce(
        announce.infoHash(),
        announce.peerId(),
        0,
        0,
        announce.left(),
        announce.event(),
        announce.wanted(),
        List.of(),
        Optional.empty());
  }

  private AddressReply announce(Announce announce, int port) throws Exception {
    return HttpTrackerCodec.decodeAnnounced(
        body(announce, port, Form.COMPACT).getBytes(ISO_8859_1));
  }

  private static Announced announced(int complete, int incomplete, Peer... peers) {
    return new Announced(
        OptionalInt.of(600),
        OptionalInt.empty(),
        OptionalInt.of(complete),
        OptionalInt.of(incomplete),
        List.of(peers),
        Optional.empty(),
        Optional.empty(),
        HERE);
  }

  private static Peer at(int port) {
    return new Peer(Optional.empty(), new InetSocketAddress(HERE.orElseThrow(), port));
  }

  @Test
  void listsPeersToEachOther() throws Exception {
    assertThat(announce(started(1, 1, 5, 50), 1_001)).isEqualTo(announced(0, 1));
    assertThat(announce(started(1, 2, 0, 50), 1_002)).isEqualTo(announced(1, 1, at(1_001)));
    assertThat(announce(Announces.announce(1, 1, 0, Event.COMPLETED, 50), 1_001))
        .isEqualTo(announced(2, 0, at(1_002)));
    assertThat(announce(started(1, 1, 0, 0), 1_001)).isEqualTo(announced(2, 0));
    assertThat(announce(Announces.announce(1, 2, 0, Event.STOPPED, 50), 1_002))
        .isEqualTo(announced(1, 0));
  }

  @Test
  void writesPeersAsTheClientWantsThem() throws Exception {
    announce(started(1, 1, 5, 50), 1_001);
    String id = new String(peer(1).bytes(), ISO_8859_1);
    assertThat(body(started(1, 2, 5, 50), 1_002, Form.COMPACT))
        .contains("5:peers6:\u007f\0\0\u0001\u0003\u00e9");
    assertThat(body(started(1, 2, 5, 50), 1_002, Form.DICTIONARIES))
        .contains("5:peersld2:ip9:127.0.0.17:peer id20:" + id + "4:porti1001eee");
    assertThat(body(started(1, 2, 5, 50), 1_002, Form.DICTIONARIES_WITHOUT_IDS))
        .contains("5:peersld2:ip9:127.0.0.14:porti1001eee");
  }

  @Test
  void theGatewayIsAPeerOfItsTorrents() throws Exception {
    assertThat(announce(started(7, 1, 5, 50), 1_001)).isEqualTo(announced(0, 1, at(GATEWAY_PORT)));
    assertThat(announce(started(7, 2, 5, 50), GATEWAY_PORT)).isEqualTo(announced(0, 2, at(1_001)));
  }

  @Test
  void refusesWithAReasonAndStatus200() throws Exception {
    assertThat(announce(started(99, 1, 5, 50), 1_001))
        .isEqualTo(new Failure("unregistered torrent"));
    HttpResponse<byte[]> response = get("/announce");
    assertThat(new String(response.body(), ISO_8859_1))
        .isEqualTo("d14:failure reason17:invalid info_hashe");
    assertThat(response.headers().firstValue("content-type")).contains("text/plain");
    assertThat(HttpTrackerCodec.decodeScraped(get("/scrape").body())).isInstanceOf(Failure.class);
    assertThat(HttpTrackerCodec.decodeScraped(get("/scrape?info_hash=1").body()))
        .isEqualTo(new Failure("invalid info_hash"));
    assertThat(server.tracker.stats().malformed()).isEqualTo(2);
  }

  @Test
  void scrapes() throws Exception {
    announce(started(1, 1, 0, 50), 1_001);
    announce(Announces.announce(1, 2, 0, Event.COMPLETED, 50), 1_002);
    announce(started(1, 3, 5, 50), 1_003);
    String query = HttpTrackerCodec.encode(new ScrapeRequest(List.of(torrent(1), torrent(2))));
    Scraped scraped = (Scraped) HttpTrackerCodec.decodeScraped(get("/scrape?" + query).body());
    assertThat(scraped.files())
        .containsEntry(torrent(1), new Counts(2, 1, 1))
        .containsEntry(torrent(2), new Counts(0, 0, 0))
        .hasSize(2);
  }

  @Test
  void limitsWhoAsksTooOften() throws Exception {
    server.close();
    start(
        TestLimits.with(
            limits -> {
              limits.requestsPerSecond = 1;
              limits.requestBurst = 3;
            }));
    for (int i = 0; i < 3; i++) {
      assertThat(announce(started(1, 1, 5, 50), 1_001)).isInstanceOf(Announced.class);
    }
    // In a tight loop the bucket fills more slowly than it is emptied.
    AddressReply reply = announce(started(1, 1, 5, 50), 1_001);
    for (int i = 0; i < 1_000 && reply instanceof Announced; i++) {
      reply = announce(started(1, 1, 5, 50), 1_001);
    }
    assertThat(reply).isEqualTo(new Failure(AddressRequests.TOO_MANY));
    assertThat(server.tracker.stats().limited()).isPositive();
  }

  /** One client of ours for each way, and one swarm for all. */
  @Test
  void allWaysLeadToOneTable() throws Exception {
    InetSocketAddress udp = server.tracker.listenUdp(new InetSocketAddress(HERE.orElseThrow(), 0));
    TrackerClients clients = new TrackerClients(AddressPolicy.of(true), DiscoveryLimits.DEFAULT);
    try {
      Queue<InetSocketAddress> found = new ConcurrentLinkedQueue<>();
      awaitWorking(announce(clients, server.uri(), 1, found), 0, 1);
      awaitWorking(
          announce(
              clients, URI.create("http://127.0.0.1:" + server.port() + "/announce"), 2, found),
          0,
          2);
      assertThat(found).isEmpty();
      TrackerAnnouncement last =
          announce(clients, URI.create("udp://127.0.0.1:" + udp.getPort() + "/announce"), 3, found);
      awaitWorking(last, 0, 3);
      // The one with the socket cannot be dialled.
      assertThat(found).containsExactly(new InetSocketAddress(HERE.orElseThrow(), 1_002));
      assertThat(server.tracker.stats().socketPeers()).isEqualTo(1);
      assertThat(server.tracker.stats().addressPeers()).isEqualTo(2);
      last.close();
      await().atMost(20, SECONDS).until(() -> server.tracker.stats().addressPeers() == 1);
    } finally {
      clients.close().toCompletableFuture().join();
    }
    await().atMost(20, SECONDS).until(() -> server.tracker.stats().torrents() == 0);
  }

  private static TrackerAnnouncement announce(
      TrackerClients clients, URI tracker, int number, Queue<InetSocketAddress> found) {
    return clients.announce(
        tracker,
        new AnnouncedTorrent(
            torrent(1),
            peer(number),
            new FakeOffers("peer" + number),
            () -> new AnnounceStats(0, 0, 5),
            () -> 1_000 + number,
            (addresses, _) -> found.addAll(addresses)));
  }

  @Test
  void countsWhoIsThereAndNotWhere() throws Exception {
    announce(started(1, 1, 0, 50), 1_001);
    announce(started(2, 1, 5, 50), 1_001);
    announce(started(1, 2, 5, 50), 1_002);
    HttpResponse<byte[]> response = get("/stats.json");
    JsonObject stats = new JsonObject(new String(response.body(), ISO_8859_1));
    assertThat(response.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(stats.getInteger("torrents")).isEqualTo(2);
    assertThat(stats.getInteger("activeTorrents")).isEqualTo(2);
    assertThat(stats.getInteger("peersAll")).isEqualTo(2);
    assertThat(stats.getInteger("peersSeederOnly")).isZero();
    assertThat(stats.getInteger("peersLeecherOnly")).isEqualTo(1);
    assertThat(stats.getInteger("peersSeederAndLeecher")).isEqualTo(1);
    assertThat(stats.getInteger("peersIPv4")).isEqualTo(2);
    assertThat(stats.getInteger("peersIPv6")).isZero();
    assertThat(stats.getJsonObject("clients"))
        .isEqualTo(new JsonObject().put("Sluice", new JsonObject().put("0100", 2)));
    String page = new String(get("/stats").body(), ISO_8859_1);
    assertThat(page).contains("peersAll<td>2", "Sluice 0100<td>2").doesNotContain("127.0.0.1");
  }
}
