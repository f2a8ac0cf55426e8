package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A file that a tab shares outlives the tab. */
final class ShareByDropIT {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int LENGTH = 100 * Media.MIB;

  @Test
  void whatIsSafeIsThereWhenTheTabIsClosed() {
    Path content = Media.random(LENGTH, 6);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      JsonNode shared;
      try (NodePeer tab =
          NodePeer.start(
              namespace,
              "browser-drop.mjs",
              "--gateway",
              gateway.url(),
              "--path",
              content.toAbsolutePath().toString())) {
        shared = tab.awaitDone(LIMIT);
      }
      System.out.printf("safe after %d ms%n", shared.get("safeMs").asLong());
      String infohash = shared.get("infohash").asText();
      JsonNode torrent = gateway.torrent(infohash);
      assertThat(torrent.get("policy").asText()).isEqualTo("kept");
      assertThat(torrent.get("safe").asBoolean()).isTrue();
      String stream = GatewayProcess.streamUrls(torrent).values().iterator().next();
      try (Curl file = Curl.get(namespace, LIMIT, stream)) {
        assertThat(Media.sha256(file.body())).isEqualTo(Media.sha256(content));
      }
      try (NodePeer other = NodePeer.browserLeecher(namespace, infohash, gateway.tracker())) {
        JsonNode done = other.awaitDone(LIMIT);
        assertThat(done.get("types").toString()).contains("webrtc");
        assertThat(NodePeer.hashes(done).values()).containsExactly(Media.sha256(content));
      }
      gateway.stopCleanly();
    }
  }
}
