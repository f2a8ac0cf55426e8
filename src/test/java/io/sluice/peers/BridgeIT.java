package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A gateway that starts empty between browsers, which have WebRTC only, and clients that have TCP
 * only. Nobody reads over HTTP, and memory is smaller than the file.
 */
final class BridgeIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 32 * Media.MIB;
  private static final int PIECE = 256 * 1024;

  private static GatewayProcess gateway(Place place) {
    return GatewayProcess.in(place)
        .with("SLUICE_TCP_ENABLED", "true")
        .with("SLUICE_TCP_PORT", "0")
        .with("SLUICE_TCP_HOST", Namespace.ADDRESS) // Transmission dials no loopback
        .with("SLUICE_CACHE_MEMORY", "16M")
        .serve();
  }

  private static void assertEndedCleanly(GatewayProcess gateway, String infohash) {
    JsonNode torrent = gateway.torrent(infohash);
    assertThat(torrent.get("readers").asInt()).isZero();
    System.out.printf(
        "bridged: downloaded %d, uploaded %d, wasted %d of %d%n",
        torrent.get("downloaded").asLong(),
        torrent.get("uploaded").asLong(),
        torrent.get("wasted").asLong(),
        LENGTH);
    gateway.stopCleanly();
  }

  @Test
  void aBrowserGetsWhatLibtorrentSeedsOverTcp() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 51));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer seeder = torrent.seeder(namespace);
        GatewayProcess gateway = gateway(namespace)) {
      gateway.add(torrent.magnet(seeder.ready().get("port").asInt()));
      try (NodePeer page =
          NodePeer.browserLeecher(namespace, torrent.infohash(), gateway.tracker())) {
        JsonNode done = page.awaitDone(LIMIT);
        assertThat(NodePeer.hashes(done)).isEqualTo(Media.hashes(torrent.content()));
        assertThat(done.get("types").toString()).isEqualTo("[\"webrtc\"]");
        System.out.printf("from TCP to a browser: %.1f MB/s%n", done.get("MBps").asDouble());
      }
      assertEndedCleanly(gateway, torrent.infohash());
    }
  }

  @ParameterizedTest
  @EnumSource(TcpClient.class)
  void aTcpClientGetsWhatABrowserSeeds(TcpClient client, @TempDir Path out, @TempDir Path settings)
      throws IOException {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 52), PIECE);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = gateway(namespace)) {
      gateway.add(torrent.magnet());
      try (NodePeer page =
              NodePeer.browserSeeder(namespace, torrent.content(), PIECE, gateway.tracker());
          NodePeer tracker = tracker(namespace, gateway)) {
        assertThat(page.ready().get("infoHash").asText()).isEqualTo(torrent.infohash());
        gateway.await(
            torrent.infohash(), "metadata", LIMIT, t -> t.get("phase").asText().equals("ready"));
        String magnet = torrent.magnet() + "&tr=" + tracker.ready().get("http").asText();
        try (ChildProcess leecher = client.start(namespace, magnet, out, settings)) {
          Path whole = out.resolve(torrent.content().getFileName());
          Awaitility.await("a whole file; it said %s".formatted(leecher.output()))
              .atMost(LIMIT)
              .pollInterval(Duration.ofMillis(500))
              .until(() -> isWhole(whole, torrent.content()));
        }
      }
      assertEndedCleanly(gateway, torrent.infohash());
    }
  }

  /** The tab dies in the middle of pieces; the viewer does not notice. */
  @Test
  void aTabThatGoesAwayCostsNothingButItsConnection() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 53), PIECE);
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer stays = torrent.seeder(namespace, "--upload-limit", "2000000");
        GatewayProcess gateway = gateway(namespace)) {
      gateway.add(torrent.magnet(stays.ready().get("port").asInt()));
      try (NodePeer page =
          NodePeer.browserSeeder(namespace, torrent.content(), PIECE, gateway.tracker())) {
        gateway.await(
            torrent.infohash(),
            "both peers",
            LIMIT,
            t -> t.at("/peers/webrtc").asInt() == 1 && t.at("/peers/tcp").asInt() == 1);
        try (Curl viewer = Curl.start(namespace, torrent.stream(gateway), "--limit-rate", "8M")) {
          Awaitility.await("the stream flows")
              .atMost(LIMIT)
              .until(() -> viewer.bodyBytes() > 4L * Media.MIB);
          assertThat(page.stat().get("uploaded").asLong()).isPositive();
          page.kill();
          Curl.Answer answer = viewer.await(LIMIT);
          assertThat(answer.exit()).isZero();
          assertThat(answer.status()).isEqualTo(200);
          assertThat(Media.sha256(viewer.body())).isEqualTo(Media.sha256(torrent.content()));
        }
      }
      gateway.await(
          torrent.infohash(),
          "the tab is gone and the other is not",
          LIMIT,
          t -> t.at("/peers/webrtc").asInt() == 0 && t.at("/peers/tcp").asInt() == 1);
      gateway.await(torrent.infohash(), "no reader", LIMIT, t -> t.get("readers").asInt() == 0);
      gateway.stopCleanly();
    }
  }

  private static NodePeer tracker(Place place, GatewayProcess gateway) {
    return NodePeer.start(
        place, "given-peers.mjs", "--peer", Namespace.ADDRESS + ":" + gateway.tcpPort());
  }

  private static boolean isWhole(Path file, Path content) throws IOException {
    return Files.exists(file)
        && Files.size(file) == LENGTH
        && Media.sha256(file).equals(Media.sha256(content));
  }
}
