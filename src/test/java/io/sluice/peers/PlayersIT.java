package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Players that are no browsers open, seek in and play to the end what a TCP peer seeds. */
final class PlayersIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void curlFfprobeAndMpv(boolean indexAtEnd) throws IOException {
    Path clip = indexAtEnd ? Media.clipWithIndexAtEnd() : Media.clip();
    SharedTorrent torrent = SharedTorrent.of(copy(clip));
    try (Namespace namespace = Namespace.create();
        LibtorrentPeer seeder = torrent.seeder(namespace);
        GatewayProcess gateway = GatewayProcess.in(namespace).overTcpOnly().serve()) {
      gateway.add(torrent.magnet(seeder.ready().get("port").asInt()));
      String stream = torrent.stream(gateway);
      String playlist = gateway.url() + "/torrents/" + torrent.infohash() + ".m3u";

      try (Curl head = Curl.start(namespace, stream, "--head")) {
        Curl.Answer answer = head.await(LIMIT);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length"))
            .contains(String.valueOf(Files.size(torrent.content())));
        assertThat(answer.header("Content-Type")).contains("video/mp4");
        assertThat(answer.header("Accept-Ranges")).contains("bytes");
      }
      try (Curl list = Curl.get(namespace, LIMIT, playlist)) {
        assertThat(Files.readString(list.body())).startsWith("#EXTM3U").contains(stream);
      }

      assertThat(ffprobe(namespace, stream, "-show_entries", "format=duration"))
          .anyMatch(line -> line.startsWith("duration=24."));
      assertThat(ffprobe(namespace, stream, "-read_intervals", "20%+1", "-show_packets"))
          .as("packets after a seek to the 20th second")
          .anyMatch(line -> line.contains("codec_type=video"));

      for (String url : List.of(stream, playlist)) {
        assertThat(mpv(namespace, url)).anyMatch(line -> line.contains("End of file"));
        assertThat(mpv(namespace, url, "--start=80%"))
            .anyMatch(line -> line.contains("End of file"));
      }
      gateway.stopCleanly();
    }
  }

  /** A torrent lies beside its content, and the repository is not the place for it. */
  private static Path copy(Path clip) throws IOException {
    Path copy = Path.of("target", "test-media", "players-" + clip.getFileName());
    if (!Files.exists(copy)) {
      Files.createDirectories(copy.getParent());
      Files.copy(clip, copy);
    }
    return copy;
  }

  private static List<String> ffprobe(Place place, String url, String... options) {
    List<String> command =
        new ArrayList<>(List.of("ffprobe", "-v", "error", "-of", "default=nw=1"));
    command.addAll(List.of(options));
    command.add(url);
    return run(place, command);
  }

  private static List<String> mpv(Place place, String url, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of("mpv", "--no-config", "--no-video", "--ao=null", "--ao-null-untimed"));
    command.addAll(List.of(options));
    command.add(url);
    return run(place, command);
  }

  private static List<String> run(Place place, List<String> command) {
    try (ChildProcess process =
        ChildProcess.start(command.getFirst(), Path.of("."), place.within(command), Map.of())) {
      int exit = process.awaitExit(LIMIT);
      assertThat(exit).as("%s: %s", command, process.output()).isZero();
      return process.output();
    }
  }
}
