package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Pages in a real browser that are not the gateway's own: of another port, and of a name that was
 * made to point at it. Its own page, which may do all that they try, shows that the tries are good.
 */
final class StrangersIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String ADDED = "0123456789abcdef0123456789abcdef01234567";

  @Test
  void nothingIsAddedRemovedOrReadByPagesElsewhere() {
    Path content = Media.random(100_000, 51);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = GatewayProcess.in(namespace).serve(content.toString())) {
      JsonNode held = gateway.awaitFirstTorrent(LIMIT);
      String infohash = held.get("infohash").asText();

      Map<String, String> elsewhere = attempts(namespace, gateway, infohash, "elsewhere");
      assertThat(elsewhere)
          .containsEntry("read", "failed")
          .containsEntry("readOne", "failed")
          .containsEntry("readFeed", "failed")
          .containsEntry("remove", "failed")
          .containsEntry("addJson", "failed")
          .containsEntry("addForm", "failed")
          .containsEntry("image", "failed")
          .containsEntry("events", "failed")
          .containsEntry("socketToApi", "failed")
          // The tracker is for pages of all origins, and knows no torrent that is not here.
          .containsEntry("socketToTracker", "refused");
      assertUntouched(gateway, infohash);

      Map<String, String> rebound = attempts(namespace, gateway, infohash, "rebound");
      assertThat(rebound)
          .containsEntry("read", "403 nothing")
          .containsEntry("readOne", "403 nothing")
          .containsEntry("readFeed", "403 nothing")
          .containsEntry("remove", "403 nothing")
          .containsEntry("addJson", "403 nothing")
          .containsEntry("addForm", "403 nothing")
          .containsEntry("events", "failed")
          .containsEntry("socketToApi", "failed")
          .containsEntry("socketToTracker", "failed");
      assertUntouched(gateway, infohash);

      Map<String, String> own = attempts(namespace, gateway, infohash, "own");
      assertThat(own)
          .containsEntry("read", "200 read")
          .containsEntry("readOne", "200 read")
          .containsEntry("readFeed", "200 read")
          .containsEntry("addJson", "201 nothing")
          .containsEntry("events", "read");
      assertThat(gateway.api("/api/v1/torrents")).hasSize(2);
      gateway.stopCleanly();
    }
  }

  private static void assertUntouched(GatewayProcess gateway, String infohash) {
    JsonNode torrents = gateway.api("/api/v1/torrents");
    assertThat(torrents).hasSize(1);
    assertThat(torrents.get(0).get("infohash").asText()).isEqualTo(infohash);
  }

  private static Map<String, String> attempts(
      Namespace namespace, GatewayProcess gateway, String infohash, String as) {
    try (NodePeer browser =
        NodePeer.start(
            namespace,
            "browser-stranger.mjs",
            "--gateway",
            gateway.url(),
            "--add",
            ADDED,
            "--remove",
            infohash,
            "--as",
            as)) {
      Map<String, String> attempts = new TreeMap<>();
      browser
          .awaitDone(LIMIT)
          .get("attempts")
          .properties()
          .forEach(each -> attempts.put(each.getKey(), each.getValue().asText()));
      return attempts;
    }
  }
}
