package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that has only a magnet link finds a seeder over TCP by the tracker that it names. */
final class FoundByTrackerIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final int LENGTH = 16 * Media.MIB;

  @ParameterizedTest
  @ValueSource(strings = {"http", "udp"})
  void playsFromAMagnet(String way) {
    SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 7));
    String infohash = torrent.infohash();
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.start(namespace, "tracker.mjs", "--udp");
        LibtorrentPeer seeder =
            torrent.seeder(namespace, "--tracker", tracker.ready().get(way).asText());
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      assertThat(seeder.ready().get("infoHash").asText()).isEqualTo(infohash);
      gateway.add(
          "magnet:?xt=urn:btih:%s&tr=%s"
              .formatted(
                  infohash,
                  URLEncoder.encode(tracker.ready().get(way).asText(), StandardCharsets.UTF_8)));
      gateway.await(infohash, "ready", LIMIT, now -> now.get("phase").asText().equals("ready"));
      try (Curl curl = Curl.get(namespace, LIMIT, torrent.stream(gateway))) {
        assertThat(Media.sha256(curl.body())).isEqualTo(Media.sha256(torrent.content()));
      }
      JsonNode named = gateway.torrent(infohash).get("trackers").get(0);
      assertThat(named.get("url").asText()).isEqualTo(tracker.ready().get(way).asText());
      assertThat(named.get("state").asText()).isEqualTo("working");
      assertThat(named.get("seeds").asInt()).as("the seeder, and then we").isPositive();
      gateway.stopCleanly();
    }
  }
}
