package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A browser that cannot do WebRTC plays all the same. */
final class WithoutWebrtcIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);

  @Test
  void theEmbeddedPlayerPlaysOverHttp() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace).serve(Media.clip().toAbsolutePath().toString())) {
      String infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
      try (NodePeer player =
          NodePeer.start(
              namespace,
              "browser-play.mjs",
              "--no-webrtc",
              "--page",
              gateway.url() + "/embed/" + infohash,
              "--screenshot",
              Path.of("target", "without-webrtc.png").toAbsolutePath().toString())) {
        JsonNode played = player.awaitDone(LIMIT);
        assertThat(played.get("webrtc").asBoolean()).isFalse();
        assertThat(played.get("ended").asBoolean()).isTrue();
        assertThat(played.get("audioBytes").asLong()).isPositive();
        assertThat(played.get("videoBytes").asLong()).isPositive();
      }
      gateway.stopCleanly();
    }
  }
}
