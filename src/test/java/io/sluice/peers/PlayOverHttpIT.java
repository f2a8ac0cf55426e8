package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A magnet link whose only seeder is a WebRTC peer, played by curl. */
final class PlayOverHttpIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 64 * Media.MIB;

  @Test
  void bigFileComesWholeAndItsFirstByteIsTimed() {
    Path content = Media.random(LENGTH, 1);
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.tracker(namespace);
        NodePeer seeder = NodePeer.seeder(namespace, content, tracker.ready().get("ws").asText());
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      String infohash = seeder.ready().get("infoHash").asText();
      String stream = gateway.url() + "/stream/" + infohash + "/" + content.getFileName();

      long magnet = System.nanoTime();
      gateway.add(seeder.ready().get("magnet").asText());
      long asked = System.nanoTime();
      try (Curl first = Curl.start(namespace, stream, "--range", "0-65535")) {
        Curl.Answer answer = first.await(LIMIT);
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Range")).contains("bytes 0-65535/" + LENGTH);
        System.out.printf(
            "from magnet to first byte: %d ms%n",
            Duration.ofNanos(asked - magnet).plus(answer.firstByte()).toMillis());
      }
      try (Curl whole = Curl.start(namespace, stream)) {
        Curl.Answer answer = whole.await(LIMIT);
        assertThat(answer.exit()).isZero();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).contains(Integer.toString(LENGTH));
        assertThat(Media.sha256(whole.body())).isEqualTo(Media.sha256(content));
        System.out.printf("the whole file: %.1f MB/s%n", LENGTH / 1e3 / answer.total().toMillis());
      }
      assertOnlyWebrtc(gateway.torrent(infohash));
      gateway.stopCleanly();
    }
  }

  @Test
  void everyFileOfAFolderComesWhole() {
    Path content = Media.folder();
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.tracker(namespace);
        NodePeer seeder = NodePeer.seeder(namespace, content, tracker.ready().get("ws").asText());
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      String infohash = seeder.ready().get("infoHash").asText();
      gateway.add(seeder.ready().get("magnet").asText());
      JsonNode torrent =
          gateway.await(infohash, "metadata", LIMIT, t -> t.get("phase").asText().equals("ready"));

      Map<String, String> hashes = new TreeMap<>();
      GatewayProcess.streamUrls(torrent)
          .forEach(
              (path, url) -> {
                try (Curl file = Curl.get(namespace, LIMIT, url)) {
                  hashes.put(path, Media.sha256(file.body()));
                }
              });
      assertThat(hashes).isEqualTo(Media.hashes(content));
      assertOnlyWebrtc(gateway.torrent(infohash));
      gateway.stopCleanly();
    }
  }

  private static void assertOnlyWebrtc(JsonNode torrent) {
    assertThat(torrent.at("/peers/webrtc").asInt()).isPositive();
    assertThat(torrent.at("/peers/tcp").asInt()).isZero();
    assertThat(torrent.at("/peers/webSeeds").asInt()).isZero();
  }
}
