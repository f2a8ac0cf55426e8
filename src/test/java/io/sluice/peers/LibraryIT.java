package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway knows when it starts again after it was killed. */
final class LibraryIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String MAGNET_HASH = "0123456789abcdef0123456789abcdef01234567";

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  private Path temp;

  private GatewayProcess gateway(Place place, String... sources) {
    return GatewayProcess.in(place).overTcpOnly().data(temp.resolve("data")).serve(sources);
  }

  private static JsonNode keep(GatewayProcess gateway, String magnet) {
    return gateway.api(
        "/api/v1/torrents",
        "--header",
        "Content-Type: application/json",
        "--data",
        new ObjectMapper()
            .createObjectNode()
            .put("magnet", magnet)
            .put("policy", "kept")
            .toString());
  }

  @Test
  void everythingIsThereAgainAfterAKill() throws IOException {
    Path seeded = Media.random(4 * Media.MIB, 71);
    SharedTorrent uploaded = SharedTorrent.of(Media.random(2 * Media.MIB, 72));
    String infohash;
    try (Namespace namespace = Namespace.create()) {
      try (GatewayProcess gateway = gateway(namespace, seeded.toString())) {
        infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
        var _ = gateway.api("/api/v1/torrents", "--form", "torrent=@" + uploaded.torrentFile());
        var _ = keep(gateway, "magnet:?xt=urn:btih:" + MAGNET_HASH + "&dn=some+name");
        var _ = gateway.await(infohash, "that it is safe", LIMIT, t -> t.get("safe").asBoolean());
        awaitInState(MAGNET_HASH);
        gateway.kill();
      }
      try (GatewayProcess gateway = gateway(namespace)) {
        JsonNode torrents = gateway.api("/api/v1/torrents");
        assertThat(torrents).hasSize(3);
        JsonNode magnet = gateway.torrent(MAGNET_HASH);
        assertThat(magnet.get("policy").asText()).isEqualTo("kept");
        assertThat(magnet.get("name").asText()).isEqualTo("some name");
        JsonNode file = gateway.torrent(uploaded.infohash());
        assertThat(file.get("phase").asText()).isEqualTo("ready");
        assertThat(file.get("files")).hasSize(1);
        JsonNode ours = gateway.torrent(infohash);
        assertThat(ours.get("policy").asText()).isEqualTo("seeded");
        assertThat(ours.get("safe").asBoolean()).isTrue();
        try (Curl curl = Curl.start(namespace, ours.at("/files/0/streamUrl").asText())) {
          assertThat(curl.await(LIMIT).status()).isEqualTo(200);
          assertThat(curl.body()).hasSameBinaryContentAs(seeded);
        }
        for (String each : List.of(infohash, MAGNET_HASH, uploaded.infohash())) {
          try (Curl curl =
              Curl.start(
                  namespace, gateway.url() + "/api/v1/torrents/" + each, "--request", "DELETE")) {
            assertThat(curl.await(LIMIT).status()).isEqualTo(204);
          }
        }
        Awaitility.await("no trace")
            .atMost(LIMIT)
            .until(() -> traces(infohash) + traces(uploaded.infohash()) == 0);
        gateway.stopCleanly();
      }
      try (GatewayProcess gateway = gateway(namespace)) {
        assertThat(gateway.api("/api/v1/torrents")).isEmpty();
        gateway.stopCleanly();
      }
      assertThat(seeded).exists();
    }
  }

  @Test
  void aKeptTorrentGoesOnUntilItIsSafe() throws IOException {
    int length = 16 * Media.MIB;
    SharedTorrent torrent = SharedTorrent.of(Media.random(length, 73));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer peer = torrent.seeder(namespace, "--upload-limit", "2000000")) {
      try (GatewayProcess gateway = gateway(namespace)) {
        var _ = keep(gateway, torrent.magnet(peer.ready().get("port").asInt()));
        JsonNode part =
            gateway.await(
                torrent.infohash(),
                "a part that is safe",
                LIMIT,
                t -> t.get("safeBytes").asLong() > length / 8);
        assertThat(part.get("safe").asBoolean()).isFalse();
        gateway.kill();
      }
      try (GatewayProcess gateway = gateway(namespace)) {
        assertThat(gateway.torrent(torrent.infohash()).get("safeBytes").asLong())
            .as("what was safe is")
            .isGreaterThan(length / 8);
        var _ =
            gateway.await(torrent.infohash(), "all of it", LIMIT, t -> t.get("safe").asBoolean());
        gateway.kill();
      }
    }
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = gateway(namespace);
        Curl curl = Curl.start(namespace, torrent.stream(gateway))) {
      assertThat(curl.await(LIMIT).status()).isEqualTo(200);
      assertThat(curl.body()).hasSameBinaryContentAs(torrent.content());
      gateway.stopCleanly();
    }
  }

  private void awaitInState(String infohash) {
    Path state = temp.resolve("data").resolve("library").resolve("state");
    Awaitility.await("the state").atMost(LIMIT).until(() -> lines(state).contains(infohash));
  }

  private static String lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private long traces(String infohash) throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("data"))) {
      return files.filter(file -> file.toString().contains(infohash)).count();
    }
  }
}
