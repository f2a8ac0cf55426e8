package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A gateway that has nothing draws from nginx, a web seed as others run it. */
final class WebSeedSourcesIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 32 * Media.MIB;

  private final Path content = Media.random(LENGTH, 51);
  private final SharedTorrent torrent = SharedTorrent.of(content);
  private final String name = content.getFileName().toString();

  @Test
  void everythingComesFromOneWebSeed(@TempDir Path temp) throws IOException {
    try (Namespace namespace = Namespace.create();
        WebServer server = WebServer.start(namespace, content, temp);
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      add(gateway, temp, WebServer.url("right", name));
      assertStreams(namespace, gateway);
      assertThat(gateway.torrent(torrent.infohash()).at("/peers/webSeeds").asInt()).isEqualTo(1);
      gateway.await(
          torrent.infohash(), "each byte once", LIMIT, t -> t.get("downloaded").asLong() == LENGTH);
      assertThat(server.asked("right"))
          .as("requests, HEAD of this test included")
          .hasSizeBetween(2, LENGTH / (256 * 1024));
      gateway.stopCleanly();
    }
  }

  /** The slow peer is used for what is far ahead, and nobody waits for it. */
  @Test
  void nginxCarriesTheDeadlineBesideASlowPeer(@TempDir Path temp) throws IOException {
    int slow = 100_000;
    try (Namespace namespace = Namespace.create();
        WebServer _ = WebServer.start(namespace, content, temp);
        LibtorrentPeer peer = torrent.seeder(namespace, "--upload-limit", String.valueOf(slow));
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(
          torrent.magnet(peer.ready().get("port").asInt()) + "&ws=" + WebServer.url("right", name));
      gateway.await(
          torrent.infohash(),
          "the peer and the web seed",
          LIMIT,
          t -> t.at("/peers/tcp").asInt() == 1 && t.at("/peers/webSeeds").asInt() == 1);
      Duration took = assertStreams(namespace, gateway);
      assertThat(took)
          .as("the slow peer alone takes %d s", LENGTH / slow)
          .isLessThan(Duration.ofSeconds(60));
      JsonNode peers = gateway.api("/api/v1/torrents/" + torrent.infohash() + "/peers");
      long bySeed = downloaded(peers, "web-seed");
      assertThat(bySeed).isGreaterThan(downloaded(peers, "tcp"));
      gateway.stopCleanly();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gone, 404",
    "busy, 503",
    "whole, 200",
    "short, 206",
    "wrong, 206",
  })
  void oneThatGoesWrongDoesNoHarm(String kind, int status, @TempDir Path temp) throws IOException {
    try (Namespace namespace = Namespace.create();
        WebServer server = WebServer.start(namespace, content, temp);
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      add(gateway, temp, WebServer.url(kind, name), WebServer.url("right", name));
      assertStreams(namespace, gateway);
      Awaitility.await("the fault")
          .atMost(LIMIT)
          .until(() -> server.asked(kind).stream().anyMatch(line -> line.startsWith(status + " ")));
      assertThat(server.asked(kind)).as("it is not asked again and again").hasSizeLessThan(40);
      if (kind.equals("busy")) {
        assertThat(server.asked(kind)).as("Retry-After is kept").hasSizeLessThanOrEqualTo(4);
      }
      gateway.stopCleanly();
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void redirectsToPrivateAddressesAreFollowedIfThatIsAllowed(
      boolean allowPrivate, @TempDir Path temp) throws IOException {
    try (Namespace namespace = Namespace.create();
        WebServer server = WebServer.start(namespace, content, temp);
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_ALLOW_PRIVATE", String.valueOf(allowPrivate))
                .with("SLUICE_STREAM_WAIT", "3s")
                .serve()) {
      int before = server.asked("right").size();
      add(
          gateway,
          temp,
          "http://%s:%d/moved/%s".formatted(WebServer.PUBLIC_ADDRESS, WebServer.PORT, name));
      if (allowPrivate) {
        assertStreams(namespace, gateway);
        assertThat(server.asked("right")).hasSizeGreaterThan(before);
      } else {
        try (Curl curl = Curl.start(namespace, torrent.stream(gateway))) {
          assertThat(curl.await(LIMIT).status()).isEqualTo(503);
        }
        assertThat(server.asked("right")).hasSize(before);
        assertThat(gateway.output()).anyMatch(line -> line.contains("10.77.0.1: private address"));
      }
      assertThat(server.asked("moved")).isNotEmpty();
      gateway.stopCleanly();
    }
  }

  private void add(GatewayProcess gateway, Path temp, String... urls) throws IOException {
    Path file = WebServer.torrent(torrent, temp, List.of(urls));
    var _ = gateway.api("/api/v1/torrents", "--form", "torrent=@" + file.toAbsolutePath());
  }

  private Duration assertStreams(Place place, GatewayProcess gateway) {
    try (Curl curl = Curl.start(place, torrent.stream(gateway))) {
      Curl.Answer answer = curl.await(LIMIT);
      assertThat(answer.exit()).as(answer.headers()).isZero();
      assertThat(Media.sha256(curl.body())).isEqualTo(Media.sha256(content));
      return answer.total();
    }
  }

  private static long downloaded(JsonNode peers, String transport) {
    return StreamSupport.stream(peers.spliterator(), false)
        .filter(peer -> peer.get("transport").asText().equals(transport))
        .mapToLong(peer -> peer.get("downloaded").asLong())
        .sum();
  }
}
