package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * webtorrent in Node with its own defaults, over TCP: what it dials it dials encrypted, and never
 * again in the open.
 */
final class TcpWebtorrentIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 64 * Media.MIB;

  @Test
  void itDialsTheGatewayAndFetchesAll(@TempDir Path out) {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 32));
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace).overTcpOnly().serve(torrent.content().toString());
        NodePeer leecher = leecher(namespace, gateway, torrent, out)) {
      JsonNode done = leecher.awaitDone(LIMIT);
      assertThat(NodePeer.hashes(done)).isEqualTo(Media.hashes(torrent.content()));
      assertThat(done.get("types").toString()).isEqualTo("[\"tcpOutgoing\"]");
      assertThat(done.get("encryption").toString()).isEqualTo("[\"handshake\"]");
      assertThat(gateway.torrent(torrent.infohash()).get("uploaded").asLong())
          .isGreaterThanOrEqualTo(LENGTH);
      gateway.stopCleanly();
    }
  }

  private static NodePeer leecher(
      Place place, GatewayProcess gateway, SharedTorrent torrent, Path out) {
    gateway.awaitFirstTorrent(LIMIT);
    return NodePeer.start(
        place,
        "tcp-leecher.mjs",
        "--source",
        torrent.infohash(),
        "--peer",
        "127.0.0.1:" + gateway.tcpPort(),
        "--out",
        out.toAbsolutePath().toString());
  }

  @Test
  void theGatewayDialsItAndFetchesAll() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 32));
    try (Namespace namespace = Namespace.create();
        NodePeer seeder = seeder(namespace, torrent, "");
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet(seeder.ready().get("port").asInt()));
      assertFetched(namespace, gateway, torrent, seeder, "tcpIncoming");
      gateway.stopCleanly();
    }
  }

  @Test
  void itDialsTheGatewayAndGivesAll() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 32));
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet());
      try (NodePeer seeder = seeder(namespace, torrent, "127.0.0.1:" + gateway.tcpPort())) {
        assertFetched(namespace, gateway, torrent, seeder, "tcpOutgoing");
      }
      gateway.stopCleanly();
    }
  }

  private static NodePeer seeder(Place place, SharedTorrent torrent, String peer) {
    return NodePeer.start(
        place,
        "tcp-seeder.mjs",
        "--torrent",
        torrent.torrentFile().toString(),
        "--folder",
        torrent.folder().toString(),
        "--peer",
        peer);
  }

  private static void assertFetched(
      Place place, GatewayProcess gateway, SharedTorrent torrent, NodePeer seeder, String type) {
    try (Curl viewer = Curl.get(place, LIMIT, torrent.stream(gateway))) {
      assertThat(Media.sha256(viewer.body())).isEqualTo(Media.sha256(torrent.content()));
    }
    JsonNode wires = seeder.stat().get("peers");
    assertThat(wires).hasSize(1);
    assertThat(wires.get(0).get("type").asText()).isEqualTo(type);
    assertThat(wires.get(0).get("encryption").asText()).isEqualTo("handshake");
  }
}
