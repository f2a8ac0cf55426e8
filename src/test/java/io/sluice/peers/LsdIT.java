package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A gateway and libtorrent in one network, where multicast is all they have to meet by. */
final class LsdIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 16 * Media.MIB;

  @Test
  void aBareMagnetPlaysFromASeederOfTheSameNetwork() {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 61));
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .overTcpOnly()
                .with("SLUICE_TCP_HOST", Namespace.ADDRESS)
                .with("SLUICE_ALLOW_PRIVATE", "true")
                .with("SLUICE_LSD_ENABLED", "true")
                .serve()) {
      gateway.add(torrent.magnet());
      try (LibtorrentPeer seeder =
          torrent.seeder(namespace, "--lsd", "--listen", Namespace.ADDRESS)) {
        try (Curl viewer = Curl.get(namespace, LIMIT, torrent.stream(gateway))) {
          assertThat(Media.sha256(viewer.body())).isEqualTo(Media.sha256(torrent.content()));
        }
        JsonNode peer = gateway.api("/api/v1/torrents/" + torrent.infohash() + "/peers").get(0);
        assertThat(peer.get("address").asText()).startsWith(Namespace.ADDRESS + ":");
        assertThat(seeder.stat().get("peers")).isNotEmpty();
      }
      gateway.stopCleanly();
    }
  }
}
