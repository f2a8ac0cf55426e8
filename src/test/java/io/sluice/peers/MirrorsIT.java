package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.metainfo.MetainfoReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways hold what a third one publishes, and go on without it. */
final class MirrorsIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int ORIGIN = 9100;
  private static final List<Integer> MIRRORS = List.of(9101, 9102);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  Path temp;

  @Test
  void everythingComesFromTheMirrorsWhenTheOriginIsGone() throws IOException {
    Path folder = Media.folder();
    Path clip = Media.clip();
    try (Namespace namespace = Namespace.create();
        GatewayProcess origin = origin(namespace, folder, clip);
        GatewayProcess one = mirror(namespace, MIRRORS.get(0));
        GatewayProcess two = mirror(namespace, MIRRORS.get(1))) {
      List<GatewayProcess> mirrors = List.of(one, two);
      Map<String, String> infohashes = infohashes(origin, 2);
      String folderHash = of(infohashes, folder);
      String clipHash = of(infohashes, clip);
      for (GatewayProcess mirror : mirrors) {
        infohashes(mirror, 2);
        for (String infohash : infohashes.values()) {
          JsonNode held = mirror.await(infohash, "all of it", LIMIT, MirrorsIT::isWhole);
          assertThat(held.get("policy").asText()).isEqualTo("kept");
        }
      }

      // The origin has asked them for proof, and lists them.
      for (String infohash : infohashes.values()) {
        origin.await(infohash, "two mirrors", LIMIT, t -> t.get("mirrors").size() == 2);
      }
      Path torrentFile = torrentFile(namespace, origin, folderHash);
      List<URI> webSeeds = MetainfoReader.read(Files.readAllBytes(torrentFile)).webSeeds();
      assertThat(webSeeds)
          .contains(
              URI.create("http://127.0.0.1:9100/webseed/" + folderHash + "/"),
              URI.create("http://127.0.0.1:9101/webseed/" + folderHash + "/"),
              URI.create("http://127.0.0.1:9102/webseed/" + folderHash + "/"));

      origin.kill();

      try (NodePeer tab = NodePeer.browserWebSeedLeecher(namespace, torrentFile)) {
        JsonNode done = tab.awaitDone(LIMIT);
        assertThat(done.get("types").toString()).isEqualTo("[\"webSeed\"]");
        assertThat(NodePeer.hashes(done)).isEqualTo(Media.hashes(folder));
      }
      for (GatewayProcess mirror : mirrors) {
        String stream = mirror.url() + "/stream/" + clipHash + "/" + clip.getFileName();
        try (Curl player = Curl.get(namespace, LIMIT, stream)) {
          assertThat(Media.sha256(player.body())).isEqualTo(Media.sha256(clip));
        }
        assertThat(ffprobe(namespace, stream)).contains("codec_type=video");
        JsonNode follows = mirror.api("/api/v1/mirrors").get("follows").get(0);
        assertThat(follows.get("torrents").asInt()).isEqualTo(2);
      }
      one.stopCleanly();
      two.stopCleanly();
    }
  }

  @Test
  void mirrorsComeAndGoAndGiveUpWhatIsNoLongerPublished() throws IOException {
    Path content = Media.random(3 * Media.MIB, 61);
    Path other = Media.random(Media.MIB, 62);
    try (Namespace namespace = Namespace.create();
        GatewayProcess origin = origin(namespace, content, other)) {
      String infohash = of(infohashes(origin, 2), content);
      try (GatewayProcess mirror = mirror(namespace, MIRRORS.get(0))) {
        infohashes(mirror, 2);
        mirror.await(infohash, "all of it", LIMIT, MirrorsIT::isWhole);
        origin.await(infohash, "a mirror", LIMIT, t -> t.get("mirrors").size() == 1);
        origin.api("/api/v1/torrents/" + infohash, "--request", "DELETE");
        Awaitility.await("the mirror gives it up")
            .atMost(LIMIT)
            .until(() -> mirror.api("/api/v1/torrents").size() == 1);
      }
      String left = of(infohashes(origin, 1), other);
      origin.await(left, "no mirror", LIMIT, t -> t.get("mirrors").isEmpty());
      assertThat(origin.api("/api/v1/mirrors").at("/mirrors/0/problem").asText()).isNotBlank();
      origin.stopCleanly();
    }
  }

  private static String of(Map<String, String> infohashes, Path content) {
    return Objects.requireNonNull(infohashes.get(content.getFileName().toString()));
  }

  private static boolean isWhole(JsonNode torrent) {
    return torrent.get("progress").asDouble() == 1;
  }

  private static GatewayProcess origin(Namespace namespace, Path... contents) {
    return GatewayProcess.in(namespace)
        .onPort(ORIGIN)
        .with("SLUICE_MIRROR_ACCEPT", "http://127.0.0.1:9101,http://127.0.0.1:9102/")
        .with("SLUICE_MIRROR_CHECK", "2s")
        .serve(List.of(contents).stream().map(Path::toString).toArray(String[]::new));
  }

  private static GatewayProcess mirror(Namespace namespace, int port) {
    return GatewayProcess.in(namespace)
        .onPort(port)
        .with("SLUICE_MIRROR_FROM", "http://127.0.0.1:" + ORIGIN)
        .with("SLUICE_MIRROR_INTERVAL", "1s")
        .with("SLUICE_MIRROR_GRACE", "2s")
        .serve();
  }

  /** By name, once there are so many torrents. */
  private static Map<String, String> infohashes(GatewayProcess gateway, int count) {
    JsonNode torrents =
        Awaitility.await("torrents")
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(300))
            .until(
                () -> gateway.api("/api/v1/torrents"),
                list ->
                    list.size() == count
                        && StreamSupport.stream(list.spliterator(), false)
                            .allMatch(each -> each.get("phase").asText().equals("ready")));
    Map<String, String> infohashes = new HashMap<>();
    torrents.forEach(
        each -> infohashes.put(each.get("name").asText(), each.get("infohash").asText()));
    return infohashes;
  }

  private Path torrentFile(Namespace namespace, GatewayProcess gateway, String infohash)
      throws IOException {
    String url = gateway.url() + "/torrents/" + infohash + ".torrent";
    try (Curl curl = Curl.get(namespace, LIMIT, url)) {
      return Files.copy(curl.body(), temp.resolve("taken.torrent"));
    }
  }

  private static List<String> ffprobe(Namespace namespace, String url) {
    List<String> command = new ArrayList<>(List.of("ffprobe", "-v", "error", "-show_streams", url));
    try (ChildProcess ffprobe =
        ChildProcess.start("ffprobe", Path.of("."), namespace.within(command), Map.of())) {
      assertThat(ffprobe.awaitExit(LIMIT)).as(String.join("\n", ffprobe.output())).isZero();
      return ffprobe.output();
    }
  }
}
