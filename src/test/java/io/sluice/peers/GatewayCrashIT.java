package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway is killed again and again while it fetches a torrent that it is to keep: each time it
 * goes on from what it had, and at last every byte is right. As many rounds as {@code
 * sluice.crash.gateways}.
 */
final class GatewayCrashIT {

  private static final int ROUNDS = Integer.getInteger("sluice.crash.gateways", 10);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LENGTH = 48 * Media.MIB;

  @TempDir Path temp;

  @Test
  void goesOnFromWhatItHad() {
    Path content = Media.random(LENGTH, 43);
    SharedTorrent torrent = SharedTorrent.of(content);
    Random random = new Random(7);
    Path data = temp.resolve("data");
    // So that it is not done before the last round, at about two seconds each.
    String slow = String.valueOf(LENGTH / (4 * ROUNDS));
    double safe = 0;
    long downloaded = 0;
    try (LibtorrentPeer seeder = torrent.seeder(Place.HOST, "--upload-limit", slow)) {
      int port = seeder.ready().get("port").asInt();
      for (int round = 0; round < ROUNDS; round++) {
        try (GatewayProcess gateway = start(data, torrent, port)) {
          double before = safe;
          long downloadedBefore = downloaded;
          JsonNode back =
              gateway.await(
                  torrent.infohash(),
                  "round " + round + ": all that was safe, " + before,
                  LIMIT,
                  t -> t.get("progress").asDouble() >= before);
          assertThat(back.get("downloaded").asLong() - downloadedBefore)
              .as("round %d: bytes fetched to have again what was safe", round)
              .isLessThanOrEqualTo(Math.max(2L * Media.MIB, LENGTH / 8));
          // Seen now, and killed a second and more later.
          JsonNode now = gateway.torrent(torrent.infohash());
          safe = now.get("progress").asDouble();
          downloaded = now.get("downloaded").asLong();
          LockSupport.parkNanos(Duration.ofMillis(1000 + random.nextInt(1500)).toNanos());
          gateway.kill();
        }
      }
    }
    assertThat(safe).as("rounds build on each other").isPositive();
    try (LibtorrentPeer seeder = torrent.seeder(Place.HOST);
        GatewayProcess gateway = start(data, torrent, seeder.ready().get("port").asInt())) {
      var _ =
          gateway.await(
              torrent.infohash(), "all of it", LIMIT, t -> t.get("progress").asDouble() == 1);
      try (Curl curl = Curl.start(Place.HOST, torrent.stream(gateway))) {
        assertThat(curl.await(LIMIT).exit()).isZero();
        assertThat(Media.sha256(curl.body())).isEqualTo(Media.sha256(content));
      }
      gateway.stopCleanly();
    }
  }

  private static GatewayProcess start(Path data, SharedTorrent torrent, int port) {
    GatewayProcess gateway = GatewayProcess.in(Place.HOST).overTcpOnly().data(data).serve();
    var _ =
        gateway.api(
            "/api/v1/torrents",
            "--header",
            "Content-Type: application/json",
            "--data",
            "{\"magnet\":\"%s\",\"policy\":\"kept\"}".formatted(torrent.magnet(port)));
    return gateway;
  }
}
