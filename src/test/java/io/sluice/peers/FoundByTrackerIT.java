package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentBuilder;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway that has only a magnet link finds a seeder over TCP by the tracker that it names. */
final class FoundByTrackerIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final int LENGTH = 16 * Media.MIB;

  @ParameterizedTest
  @ValueSource(strings = {"http", "udp"})
  void playsFromAMagnet(String way, @TempDir Path folder) throws IOException, InterruptedException {
    Path content = Media.random(LENGTH, 7);
    Path torrentFile = folder.resolve("content.torrent");
    var built = TorrentBuilder.of(content).build((_, _) -> {});
    Files.write(torrentFile, MetainfoWriter.write(built.metainfo()));
    String infohash = built.metainfo().info().infoHash().hex();
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.start(namespace, "tracker.mjs", "--udp");
        LibtorrentPeer seeder =
            LibtorrentPeer.start(
                namespace,
                torrentFile,
                content.toAbsolutePath().getParent(),
                "--seed",
                "--tracker",
                tracker.ready().get(way).asText());
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_TCP_ENABLED", "true")
                .with("SLUICE_TCP_PORT", "0")
                .with("SLUICE_WEBRTC_ENABLED", "false")
                .serve()) {
      assertThat(seeder.ready().get("infoHash").asText()).isEqualTo(infohash);
      gateway.add(
          "magnet:?xt=urn:btih:%s&tr=%s"
              .formatted(
                  infohash,
                  URLEncoder.encode(tracker.ready().get(way).asText(), StandardCharsets.UTF_8)));
      JsonNode torrent =
          gateway.await(infohash, "ready", LIMIT, now -> now.get("phase").asText().equals("ready"));
      String stream = GatewayProcess.streamUrls(torrent).values().iterator().next();
      try (Curl curl = Curl.start(namespace, stream)) {
        Curl.Answer answer = curl.await(LIMIT);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Media.sha256(curl.body())).isEqualTo(Media.sha256(content));
      }
      JsonNode named = gateway.torrent(infohash).get("trackers").get(0);
      assertThat(named.get("url").asText()).isEqualTo(tracker.ready().get(way).asText());
      assertThat(named.get("state").asText()).isEqualTo("working");
      assertThat(named.get("seeds").asInt()).isEqualTo(1);
      gateway.stopCleanly();
    }
  }
}
