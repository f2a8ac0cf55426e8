package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seeder that nobody has told us of but another peer (BEP 11). */
final class PeerExchangeIT {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int LENGTH = 16 * Media.MIB;

  @Test
  void streamsFromASeederThatAnotherPeerTellsOf(@TempDir Path out) {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 61));
    try (Namespace namespace = Namespace.create();
        // It is told of nobody: that it is connected to us says that we have dialled it.
        LibtorrentPeer seeder = torrent.seeder(namespace, "--no-pex");
        // It gives us the metadata and word of the seeder, and next to nothing of the file.
        LibtorrentPeer teller =
            LibtorrentPeer.start(
                namespace,
                torrent.torrentFile(),
                out,
                "--upload-limit",
                "20000",
                "--peer",
                "127.0.0.1:" + port(seeder));
        GatewayProcess gateway =
            GatewayProcess.in(namespace).overTcpOnly().with("SLUICE_STREAM_WAIT", "90s").serve()) {
      gateway.add(torrent.magnet(port(teller)));
      gateway.await(
          torrent.infohash(), "metadata", LIMIT, t -> t.get("phase").asText().equals("ready"));
      try (Curl viewer = Curl.start(namespace, torrent.stream(gateway))) {
        Curl.Answer answer = viewer.await(LIMIT);
        assertThat(answer.exit()).isZero();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Media.sha256(viewer.body())).isEqualTo(Media.sha256(torrent.content()));
      }
      JsonNode peers = gateway.api("/api/v1/torrents/" + torrent.infohash() + "/peers");
      assertThat(peers)
          .anySatisfy(
              peer -> {
                assertThat(peer.get("address").asText()).isEqualTo("127.0.0.1:" + port(seeder));
                assertThat(peer.get("downloaded").asLong()).isGreaterThan(LENGTH / 2);
              });
      gateway.stopCleanly();
    }
  }

  /** We tell a libtorrent that knows us of one that has dialled us. */
  @Test
  void tellsPeersOfOneAnother(@TempDir Path out) {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 61));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer seeder = torrent.seeder(namespace);
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet(port(seeder)));
      gateway.await(
          torrent.infohash(), "metadata", LIMIT, t -> t.get("phase").asText().equals("ready"));
      try (LibtorrentPeer leecher =
          LibtorrentPeer.start(
              namespace, torrent.torrentFile(), out, "--peer", "127.0.0.1:" + gateway.tcpPort())) {
        leecher.awaitDone(LIMIT);
        assertThat(leecher.stat().get("downloaded").asLong()).isGreaterThanOrEqualTo(LENGTH);
      }
      gateway.stopCleanly();
    }
  }

  private static int port(LibtorrentPeer peer) {
    return peer.ready().get("port").asInt();
  }
}
