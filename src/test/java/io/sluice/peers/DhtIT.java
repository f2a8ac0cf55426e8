package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A DHT of libtorrent's nodes and ours on loopback, and nothing else to find anybody by. */
final class DhtIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 16 * Media.MIB;

  @Test
  void aBareMagnetPlaysFromASeederThatTheDhtKnows() {
    SharedTorrent other = SharedTorrent.of(Media.random(Media.MIB, 51));
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 52));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer router = other.seeder(namespace, "--dht");
        LibtorrentPeer second = other.seeder(namespace, "--dht", node(router));
        LibtorrentPeer seeder = torrent.seeder(namespace, "--dht", node(router));
        GatewayProcess gateway = gateway(namespace, router).serve()) {
      assertThat(node(second)).isNotEqualTo(node(seeder));
      gateway.add(torrent.magnet());
      try (Curl viewer = Curl.get(namespace, LIMIT, torrent.stream(gateway))) {
        assertThat(Media.sha256(viewer.body())).isEqualTo(Media.sha256(torrent.content()));
      }
      JsonNode peer = gateway.api("/api/v1/torrents/" + torrent.infohash() + "/peers").get(0);
      assertThat(peer.get("transport").asText()).isEqualTo("tcp");
      assertThat(peer.get("address").asText()).isEqualTo(node(seeder));
      assertThat(health(gateway).at("/data/state").asText()).isEqualTo("on");
      Awaitility.await("nodes that have proven themselves")
          .atMost(LIMIT)
          .until(
              () -> health(gateway).at("/data/detail").asText(),
              detail -> detail.matches("[1-9]\\d* nodes answer .*"));
      gateway.stopCleanly();
    }
  }

  @Test
  void libtorrentFindsTheGatewayByItsAnnounce(@TempDir Path out) {
    Path content = Media.random(LENGTH, 53);
    SharedTorrent other = SharedTorrent.of(Media.random(Media.MIB, 51));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer router = other.seeder(namespace, "--dht");
        GatewayProcess gateway =
            gateway(namespace, router).serve(content.toAbsolutePath().toString())) {
      String infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
      try (ChildProcess leecher =
          ChildProcess.start(
              "lt.py",
              Peers.FOLDER,
              namespace.within(
                  List.of(
                      "/usr/bin/python3",
                      "lt.py",
                      "--magnet",
                      "magnet:?xt=urn:btih:" + infohash,
                      "--folder",
                      out.toAbsolutePath().toString(),
                      "--dht",
                      node(router))),
              Map.of())) {
        Path whole = out.resolve(content.getFileName());
        Awaitility.await("a whole file")
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(500))
            .until(() -> isWhole(whole, content));
        assertThat(leecher.isAlive()).isTrue();
      }
      gateway.await(
          infohash, "all of it is counted", LIMIT, t -> t.get("uploaded").asLong() >= LENGTH);
      gateway.stopCleanly();
    }
  }

  @Test
  void aGatewayWithoutDhtSaysSo() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      assertThat(health(gateway).at("/data/state").asText()).isEqualTo("off");
      assertThat(health(gateway).at("/data/detail").asText()).contains("sluice.dht.enabled");
    }
  }

  private static GatewayProcess.Builder gateway(Place place, LibtorrentPeer router) {
    return GatewayProcess.in(place)
        .overTcpOnly()
        .with("SLUICE_DHT_ENABLED", "true")
        .with("SLUICE_DHT_BOOTSTRAP", node(router));
  }

  private static String node(LibtorrentPeer peer) {
    return "127.0.0.1:" + peer.ready().get("port").asInt();
  }

  private static JsonNode health(GatewayProcess gateway) {
    for (JsonNode check : gateway.api("/q/health/ready").get("checks")) {
      if (check.get("name").asText().equals("dht")) {
        return check;
      }
    }
    throw new AssertionError("no check named dht");
  }

  private static boolean isWhole(Path file, Path content) throws IOException {
    return Files.exists(file)
        && Files.size(file) == LENGTH
        && Media.sha256(file).equals(Media.sha256(content));
  }
}
