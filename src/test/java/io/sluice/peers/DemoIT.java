package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** {@code ./sluice demo}, watched in a browser as it tells its users to. */
final class DemoIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void clipPlaysOnThePageAndCameOverWebrtc() throws IOException {
    try (Namespace namespace = Namespace.create();
        ChildProcess demo =
            ChildProcess.start(
                "./sluice demo",
                Path.of("."),
                namespace.within(List.of(Path.of("sluice").toAbsolutePath().toString(), "demo")),
                // Maven has just built it, and a namespace has no network to build with.
                Map.of("SLUICE_BUILD", "never", "SLUICE_INSTALL", "never"))) {
      String page = said(demo, "  page      ");
      String stream = said(demo, "  stream    ");
      try (NodePeer browser =
          NodePeer.browserPlayer(namespace, "page", page, Path.of("target", "demo.png"))) {
        JsonNode done = browser.awaitDone(LIMIT);
        Playback.assertPlayed(done);
        assertThat(done.get("src").asText()).startsWith(stream);
      }
      try (Curl file = Curl.get(namespace, LIMIT, stream)) {
        assertThat(Media.sha256(file.body())).isEqualTo(Media.sha256(Media.clip()));
      }
      assertCameOverWebrtc(namespace, page);

      List<ProcessHandle> parts = ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
      assertThat(parts).hasSizeGreaterThanOrEqualTo(3);
      assertThat(demo.stop()).isZero();
      Awaitility.await("its parts end with it")
          .atMost(LIMIT)
          .until(() -> parts.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  private static void assertCameOverWebrtc(Place place, String page) throws IOException {
    int hash = page.indexOf('#');
    String api = page.substring(0, hash) + "api/v1/torrents/" + page.substring(hash + 1);
    try (Curl curl = Curl.get(place, LIMIT, api)) {
      JsonNode torrent = new ObjectMapper().readTree(curl.text());
      assertThat(torrent.get("downloaded").asLong()).isEqualTo(torrent.get("length").asLong());
      assertThat(torrent.at("/peers/webrtc").asInt()).isPositive();
      assertThat(torrent.at("/peers/tcp").asInt()).isZero();
      assertThat(torrent.at("/peers/webSeeds").asInt()).isZero();
    }
  }

  private static String said(ChildProcess demo, String label) {
    return demo.await(
        LIMIT,
        label.strip(),
        line ->
            line.startsWith(label)
                ? Optional.of(line.substring(label.length()).strip())
                : Optional.empty());
  }
}
