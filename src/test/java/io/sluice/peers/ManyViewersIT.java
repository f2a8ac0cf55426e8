package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Players that seek, and players that share. */
final class ManyViewersIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 64 * Media.MIB;
  private static final int VIEWERS = 10;

  @Test
  void videoWithItsIndexAtTheEndStartsSeeksAndEnds() {
    Path content = Media.clipWithIndexAtEnd();
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.tracker(namespace);
        NodePeer seeder = NodePeer.seeder(namespace, content, tracker.ready().get("ws").asText());
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      String infohash = seeder.ready().get("infoHash").asText();
      gateway.add(seeder.ready().get("magnet").asText());
      String stream = gateway.url() + "/stream/" + infohash + "/" + content.getFileName();
      try (NodePeer browser =
          NodePeer.browserPlayer(
              namespace, "video", stream, Path.of("target", "index-at-end.png"))) {
        Playback.assertPlayed(browser.awaitDone(LIMIT));
      }
      gateway.stopCleanly();
    }
  }

  /** Nobody asks the swarm twice for what somebody else is watching. */
  @Test
  void tenViewersOfAColdFileFetchEachPieceOnce() throws IOException {
    Path content = Media.random(LENGTH, 3);
    SplittableRandom random = new SplittableRandom(20_260_401);
    List<Long> offsets = new ArrayList<>(List.of(0L));
    while (offsets.size() < VIEWERS) {
      offsets.add(random.nextLong(LENGTH));
    }
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.tracker(namespace);
        NodePeer seeder = NodePeer.seeder(namespace, content, tracker.ready().get("ws").asText());
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      String infohash = seeder.ready().get("infoHash").asText();
      gateway.add(seeder.ready().get("magnet").asText());
      String stream = gateway.url() + "/stream/" + infohash + "/" + content.getFileName();

      List<Curl> viewers =
          offsets.stream()
              .map(offset -> Curl.start(namespace, stream, "--range", offset + "-"))
              .toList();
      try {
        for (int i = 0; i < VIEWERS; i++) {
          Curl.Answer answer = viewers.get(i).await(LIMIT);
          assertThat(answer.exit()).isZero();
          assertThat(answer.status()).isEqualTo(206);
          assertSameFrom(offsets.get(i), content, viewers.get(i).body());
        }
      } finally {
        viewers.forEach(Curl::close);
      }

      JsonNode torrent = gateway.torrent(infohash);
      assertThat(torrent.get("progress").asDouble()).isEqualTo(1);
      assertThat(torrent.get("downloaded").asLong()).isEqualTo(LENGTH);
      assertThat(torrent.get("wasted").asLong()).isZero();
      assertThat(seeder.stat().get("uploaded").asLong()).isEqualTo(LENGTH);
      gateway.stopCleanly();
    }
  }

  private static void assertSameFrom(long offset, Path whole, Path part) throws IOException {
    assertThat(Files.size(part)).isEqualTo(LENGTH - offset);
    byte[] expected = new byte[Math.toIntExact(LENGTH - offset)];
    try (RandomAccessFile file = new RandomAccessFile(whole.toFile(), "r")) {
      file.seek(offset);
      file.readFully(expected);
    }
    assertThat(Files.readAllBytes(part)).isEqualTo(expected);
  }
}
