package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.wire.PeerMessage;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that has nothing, and libtorrent that seeds over TCP only. */
final class TcpSeedersIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 64 * Media.MIB;

  @ParameterizedTest
  @ValueSource(strings = {"on", "off", "forced"})
  void streamsFromAMagnetThatNamesThePeer(String encryption) {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 31));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer seeder = torrent.seeder(namespace, "--encryption", encryption);
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet(port(seeder)));
      assertStreams(namespace, gateway, torrent);

      String peers = "/api/v1/torrents/" + torrent.infohash() + "/peers";
      Awaitility.await("the counts of peers, which are taken now and then")
          .until(() -> gateway.api(peers).get(0).get("downloaded").asLong() >= LENGTH);
      JsonNode peer = gateway.api(peers).get(0);
      assertThat(peer.get("transport").asText()).isEqualTo("tcp");
      assertThat(peer.get("address").asText()).isEqualTo("127.0.0.1:" + port(seeder));
      assertThat(gateway.torrent(torrent.infohash()).at("/peers/tcp").asInt()).isEqualTo(1);
      assertThat(seeder.stat().get("peers")).hasSize(1);
      gateway.stopCleanly();
    }
  }

  @Test
  void saysOfWhomEachBlockWasAskedAndWhy() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 31));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer seeder = torrent.seeder(namespace);
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet());
      String url = "/api/v1/torrents/" + torrent.infohash() + "/decisions";
      assertThat(gateway.api(url)).as("before there is anybody to ask").isEmpty();
      gateway.add(torrent.magnet(port(seeder)));
      assertStreams(namespace, gateway, torrent);

      JsonNode decisions = gateway.api(url);
      assertThat(decisions).as("the last ones").hasSize(512);
      assertThat(decisions.get(0).get("millisAgo").asDouble()).isZero();
      Set<String> whys = new HashSet<>();
      double ago = 0;
      for (JsonNode decision : decisions) {
        assertThat(decision.get("transport").asText()).isEqualTo("tcp");
        assertThat(decision.get("address").asText()).isEqualTo("127.0.0.1:" + port(seeder));
        assertThat(decision.get("begin").asInt() % PeerMessage.BLOCK_BYTES).isZero();
        assertThat(decision.get("piece").asInt()).isNotNegative();
        assertThat(decision.get("expectedMillis").asDouble()).isNotNegative();
        assertThat(decision.get("millisAgo").asDouble()).isGreaterThanOrEqualTo(ago);
        ago = decision.get("millisAgo").asDouble();
        whys.add(decision.get("why").asText());
      }
      assertThat(whys)
          .isSubsetOf("waited-for", "soon", "ahead", "edge", "again", "carried", "rarest")
          .contains("ahead");
      gateway.stopCleanly();
    }
  }

  @Test
  void comesOnceTheNamedPeerIsThere() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 31));
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      int port;
      try (LibtorrentPeer gone = torrent.seeder(namespace)) {
        port = port(gone);
      }
      gateway.add(torrent.magnet(port));
      try (LibtorrentPeer _ = torrent.seeder(namespace, "--port", String.valueOf(port))) {
        gateway.await(
            torrent.infohash(), "metadata", LIMIT, t -> t.get("phase").asText().equals("ready"));
        assertStreams(namespace, gateway, torrent);
      }
      gateway.stopCleanly();
    }
  }

  /** One of two seeders dies in the middle of pieces; the stream does not notice. */
  @Test
  void aSeederThatGoesAwayCostsNothingButItsConnection() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 31));
    try (Namespace namespace = Namespace.create();
        // Slow enough that one dies in the middle and not at the end.
        LibtorrentPeer dies = torrent.seeder(namespace, "--upload-limit", "5000000");
        LibtorrentPeer stays = torrent.seeder(namespace, "--upload-limit", "10000000");
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet(port(dies), port(stays)));
      gateway.await(torrent.infohash(), "both", LIMIT, t -> t.at("/peers/tcp").asInt() == 2);
      try (Curl viewer = Curl.start(namespace, torrent.stream(gateway))) {
        Awaitility.await("the stream flows")
            .atMost(LIMIT)
            .until(() -> viewer.bodyBytes() > 8L * Media.MIB);
        long before = dies.stat().get("uploaded").asLong();
        assertThat(before).as("bytes from the one that dies").isBetween(1L, LENGTH / 2L);
        dies.kill();
        Curl.Answer answer = viewer.await(LIMIT);
        assertThat(answer.exit()).isZero();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Media.sha256(viewer.body())).isEqualTo(Media.sha256(torrent.content()));
      }
      assertThat(gateway.torrent(torrent.infohash()).at("/peers/tcp").asInt()).isEqualTo(1);
      gateway.await(torrent.infohash(), "no reader", LIMIT, t -> t.get("readers").asInt() == 0);
      gateway.stopCleanly();
    }
  }

  private static int port(LibtorrentPeer peer) {
    return peer.ready().get("port").asInt();
  }

  private static void assertStreams(Place place, GatewayProcess gateway, SharedTorrent torrent) {
    try (Curl viewer = Curl.get(place, LIMIT, torrent.stream(gateway))) {
      assertThat(Media.sha256(viewer.body())).isEqualTo(Media.sha256(torrent.content()));
    }
  }
}
