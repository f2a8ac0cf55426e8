package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The peers of the tests among themselves, without the gateway: what they can do is not in doubt.
 */
final class PeersHarnessIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  @Test
  void nodeAndChromiumFetchFromNodeOverWebrtc(@TempDir Path out) {
    Path content = Media.folder();
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.tracker(namespace)) {
      String announce = tracker.ready().get("ws").asText();
      try (NodePeer seeder = NodePeer.seeder(namespace, content, announce)) {
        String magnet = seeder.ready().get("magnet").asText();
        assertThat(NodePeer.hashes(seeder.ready())).isEqualTo(Media.hashes(content));

        try (NodePeer leecher = NodePeer.leecher(namespace, magnet, announce, out)) {
          assertComplete(leecher.awaitDone(LIMIT), content);
        }
        try (NodePeer page = NodePeer.browserLeecher(namespace, magnet, announce)) {
          assertComplete(page.awaitDone(LIMIT), content);
        }
        assertThat(seeder.stat().get("uploaded").asLong()).isGreaterThan(2 * 8L * Media.MIB);
      }
    }
  }

  private static void assertComplete(JsonNode done, Path content) {
    assertThat(NodePeer.hashes(done)).isEqualTo(Media.hashes(content));
    assertThat(done.get("types").toString()).isEqualTo("[\"webrtc\"]");
  }
}
