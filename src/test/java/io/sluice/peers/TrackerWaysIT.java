package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other people's clients at the gateway's tracker, by each way that leads there. */
final class TrackerWaysIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);

  @ParameterizedTest
  @ValueSource(strings = {"ws", "http", "udp"})
  void aPeersWholeLife(String way) {
    Path content = Media.random(Media.MIB, 5);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_TCP_ENABLED", "true")
                .with("SLUICE_TCP_PORT", "0")
                .serve(content.toAbsolutePath().toString())) {
      String infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
      // The gateway announces itself, over its WebSocket.
      gateway.await(infohash, "its own announce", LIMIT, TrackerWaysIT::announced);
      String tracker = way + gateway.url().substring("http".length()) + "/announce";
      assertThat(gateway.torrent(infohash).get("magnet").asText())
          .contains(tracker.replace(":", "%3A").replace("/", "%2F"));
      try (NodePeer client =
          NodePeer.start(
              namespace, "tracker-client.mjs", "--tracker", tracker, "--torrent", infohash)) {
        JsonNode done = client.awaitDone(LIMIT);
        assertThat(done.get("problems")).isEmpty();
        assertThat(done.get("steps")).hasSize(6);
        expect(done, "started", 1, 1);
        expect(done, "update", 1, 1);
        expect(done, "scrape", 1, 1);
        expect(done, "completed", 2, 0);
        expect(done, "scrape again", 2, 0);
        assertThat(step(done, "scrape again").get("downloaded").asInt()).isEqualTo(1);
        expect(done, "stopped", 1, 0);
        if (!way.equals("ws")) {
          // A client that dials is told of the gateway, at the address that it has reached it by.
          assertThat(step(done, "started").get("peers").get(0).asText())
              .startsWith(URI.create(gateway.url()).getHost() + ":");
        }
      }
      gateway.stopCleanly();
    }
  }

  private static boolean announced(JsonNode torrent) {
    for (JsonNode tracker : torrent.path("trackers")) {
      if (tracker.get("state").asText().equals("working")) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode step(JsonNode done, String name) {
    for (JsonNode step : done.get("steps")) {
      if (step.get("step").asText().equals(name)) {
        return step;
      }
    }
    throw new AssertionError("no step " + name + " in " + done);
  }

  private static void expect(JsonNode done, String name, int complete, int incomplete) {
    JsonNode step = step(done, name);
    assertThat(step.get("complete").asInt()).as("seeders in %s", step).isEqualTo(complete);
    assertThat(step.get("incomplete").asInt()).as("leechers in %s", step).isEqualTo(incomplete);
  }

  /** The gateway takes no part but as their tracker. */
  @Test
  void twoTabsAndANodePeerFindOneAnother() {
    Path content = Media.random(8 * Media.MIB, 6);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace).with("SLUICE_TRACKER_OPEN", "true").serve();
        NodePeer elsewhere = NodePeer.tracker(namespace);
        NodePeer source =
            NodePeer.seeder(namespace, content, elsewhere.ready().get("ws").asText())) {
      String infohash = source.ready().get("infoHash").asText();
      try (NodePeer tabs =
          NodePeer.start(
              namespace,
              "browser-swarm.mjs",
              "--source",
              infohash,
              "--tracker",
              gateway.tracker())) {
        tabs.await("met", LIMIT);
        try (NodePeer seeder = NodePeer.seeder(namespace, content, gateway.tracker())) {
          assertThat(seeder.ready().get("infoHash").asText()).isEqualTo(infohash);
          JsonNode done = tabs.awaitDone(LIMIT);
          assertThat(done.get("done").asBoolean()).as(done.toPrettyString()).isTrue();
          for (JsonNode tab : done.get("tabs")) {
            assertThat(NodePeer.hashes(tab)).isEqualTo(Media.hashes(content));
            assertThat(tab.get("wires").asInt()).as("the other tab and Node").isEqualTo(2);
          }
        }
      }
      assertThat(gateway.api("/api/v1/torrents")).isEmpty();
      gateway.stopCleanly();
    }
  }
}
