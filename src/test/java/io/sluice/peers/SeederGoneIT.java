package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The only seeder dies in the middle of a response, and comes back. */
final class SeederGoneIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 64 * Media.MIB;
  private static final int PARTIAL_FILE = 18;

  @Test
  void responseIsCutAndResumesByRange() throws IOException {
    Path content = Media.random(LENGTH, 4);
    try (Namespace namespace = Namespace.create();
        NodePeer tracker = NodePeer.tracker(namespace);
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_STREAM_WAIT", "3s")
                .with("SLUICE_STREAM_STALL", "5s")
                .serve()) {
      String announce = tracker.ready().get("ws").asText();
      String infohash;
      String stream;
      long got;
      try (NodePeer seeder =
          // Slow enough that it dies in the middle and not at the end.
          NodePeer.seeder(namespace, content, announce, "--upload-limit", "4000000")) {
        infohash = seeder.ready().get("infoHash").asText();
        stream = gateway.url() + "/stream/" + infohash + "/" + content.getFileName();
        gateway.add(seeder.ready().get("magnet").asText());
        try (Curl viewer = Curl.start(namespace, stream)) {
          Awaitility.await("the stream flows")
              .atMost(LIMIT)
              .until(() -> viewer.bodyBytes() > 8L * Media.MIB);
          seeder.kill();
          Curl.Answer answer = viewer.await(LIMIT);
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.exit()).as("a cut must not look like an end").isEqualTo(PARTIAL_FILE);
          got = viewer.bodyBytes();
          assertThat(got).isBetween(8L * Media.MIB, LENGTH - 1L);
          assertPart(content, 0, viewer.body());
        }
      }

      // Nobody is left: an honest 503, soon, for what is not here; and what is here still comes.
      // The end is here, which players look at: not so what is before it.
      try (Curl missing =
          Curl.start(namespace, stream, "--range", (LENGTH - 4 * Media.MIB) + "-")) {
        Curl.Answer answer = missing.await(Duration.ofSeconds(20));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isPresent();
        assertThat(answer.header("Content-Type").orElse("")).contains("application/problem+json");
      }
      try (Curl here = Curl.start(namespace, stream, "--range", "0-1048575")) {
        assertThat(here.await(LIMIT).status()).isEqualTo(206);
        assertPart(content, 0, here.body());
      }
      gateway.await(infohash, "readers are gone", LIMIT, t -> t.get("readers").asInt() == 0);

      try (NodePeer _ = NodePeer.seeder(namespace, content, announce)) {
        gateway.await(infohash, "a new seeder", LIMIT, t -> t.at("/peers/webrtc").asInt() > 0);
        try (Curl rest = Curl.start(namespace, stream, "--range", got + "-")) {
          Curl.Answer answer = rest.await(LIMIT);
          assertThat(answer.exit()).isZero();
          assertThat(answer.status()).isEqualTo(206);
          assertThat(rest.bodyBytes()).isEqualTo(LENGTH - got);
          assertPart(content, got, rest.body());
        }
      }
      gateway.await(infohash, "readers are gone", LIMIT, t -> t.get("readers").asInt() == 0);
      gateway.stopCleanly();
    }
  }

  /** All of {@code part} is what stands in {@code whole} from that offset on. */
  private static void assertPart(Path whole, long offset, Path part) throws IOException {
    byte[] bytes = Files.readAllBytes(part);
    try (InputStream file = Files.newInputStream(whole)) {
      file.skipNBytes(offset);
      assertThat(Arrays.mismatch(bytes, file.readNBytes(bytes.length))).isEqualTo(-1);
    }
  }
}
