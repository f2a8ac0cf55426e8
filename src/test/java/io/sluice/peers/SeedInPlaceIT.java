package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Large files are seeded from where they lie: nothing is copied, one streams while others are still
 * hashed, nothing is hashed twice, and what changes is noticed before a wrong byte leaves. The
 * folder has {@code sluice.seed.bytes}.
 */
final class SeedInPlaceIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long FOLDER_BYTES = Long.getLong("sluice.seed.bytes", 2L << 30);
  private static final int FILES = 8;

  /** Of each so many bytes one mebibyte is random, and the rest a hole that costs no disk. */
  private static final int STRIDE = 16 * Media.MIB;

  private final Path gatewayData;
  private final Path folder;

  SeedInPlaceIT(@TempDir Path temp) {
    gatewayData = temp.resolve("data");
    folder = temp.resolve("films");
  }

  @Test
  void aFileStreamsWhileOthersAreHashedAndNothingIsCopied() throws IOException {
    for (int i = 0; i < FILES; i++) {
      film("film " + i + ".mkv", FOLDER_BYTES / FILES, i);
    }
    long first;
    try (GatewayProcess gateway = watching()) {
      JsonNode torrent = gateway.awaitFirstTorrent(LIMIT);
      assertStreams(torrent);
      List<JsonNode> jobs = jobs(gateway);
      long hashing = jobs.stream().filter(SeedInPlaceIT::unfinished).count();
      assertThat(jobs).hasSize(FILES);
      assertThat(hashing).as("files not hashed yet when the first was streamed").isPositive();
      awaitHashed(gateway);
      first = bytesRead(gateway);
      assertThat(gateway.api("/api/v1/torrents")).hasSize(FILES);
      for (JsonNode each : gateway.api("/api/v1/torrents")) {
        var _ =
            gateway.await(
                each.get("infohash").asText(), "safe", LIMIT, t -> t.get("safe").asBoolean());
      }
      System.out.printf(
          "%d MiB in %d files: streamed the first while %d were not hashed yet; data folder %d KiB%n",
          FOLDER_BYTES >> 20, FILES, hashing, bytes(gatewayData) >> 10);
      assertThat(bytes(gatewayData)).as("the data folder").isLessThan(4 * Media.MIB);
      gateway.stopCleanly();
    }
    assertThat(first).as("bytes read").isGreaterThan(FOLDER_BYTES);
    try (GatewayProcess gateway = watching()) {
      Awaitility.await("what was published is so again")
          .atMost(LIMIT)
          .until(() -> jobs(gateway).size() == FILES);
      awaitHashed(gateway);
      assertThat(gateway.api("/api/v1/torrents")).hasSize(FILES);
      System.out.printf("started again: %d MiB read%n", bytesRead(gateway) >> 20);
      assertThat(bytesRead(gateway))
          .as("bytes read by a gateway that has hashed all before")
          .isLessThan(first - FOLDER_BYTES + FOLDER_BYTES / 4);
      assertStreams(gateway.api("/api/v1/torrents").get(FILES - 1));
      gateway.stopCleanly();
    }
  }

  @Test
  void aFileThatWentWhileTheGatewayWasOffLeavesTheLibrary() throws IOException {
    Path stays = film("stays.mkv", 32L * Media.MIB, 21);
    Path goes = film("goes.mkv", 32L * Media.MIB, 22);
    try (GatewayProcess gateway = watching()) {
      awaitTorrents(gateway, 2);
      gateway.stopCleanly();
    }
    Files.delete(goes);
    try (GatewayProcess gateway = watching()) {
      awaitTorrents(gateway, 1);
      JsonNode left = gateway.api("/api/v1/torrents").get(0);
      assertThat(left.get("name").asText()).isEqualTo(stays.getFileName().toString());
      assertStreams(left);
      gateway.stopCleanly();
    }
  }

  @Test
  void aChangeIsNoticedBeforeAWrongByteLeaves() throws IOException {
    Path film = film("film.mkv", 256L * Media.MIB, 31);
    Path original = Files.copy(film, folder.resolveSibling("original"));
    try (GatewayProcess gateway =
        GatewayProcess.in(Place.HOST)
            .overTcpOnly()
            .with("SLUICE_CACHE_MEMORY", "16M")
            // So that a stream that cannot go on is cut soon.
            .with("SLUICE_STREAM_STALL", "10s")
            .data(gatewayData)
            .serve(film.toString())) {
      JsonNode torrent = gateway.awaitFirstTorrent(LIMIT);
      String infohash = torrent.get("infohash").asText();
      changeWhileStreamed(gateway, torrent, film, original, true);
      var _ =
          gateway.await(
              infohash, "that it has other bytes", LIMIT, t -> problem(t).contains("content"));
      copyBack(original, film);
      var _ = gateway.await(infohash, "all is well", LIMIT, t -> problem(t).isEmpty());
      changeWhileStreamed(gateway, torrent, film, original, false);
      var _ =
          gateway.await(
              infohash, "that it has changed", LIMIT, t -> problem(t).contains("has changed"));
      Files.delete(film);
      var _ =
          gateway.await(
              infohash, "that it has vanished", LIMIT, t -> problem(t).contains("vanished"));
      copyBack(original, film);
      var _ = gateway.await(infohash, "all is well again", LIMIT, t -> problem(t).isEmpty());
      assertStreams(torrent, original);
      gateway.stopCleanly();
    }
  }

  /** Overwrites the second half of a file while somebody streams the first. */
  private static void changeWhileStreamed(
      GatewayProcess gateway, JsonNode torrent, Path film, Path original, boolean sameTime)
      throws IOException {
    FileTime before = Files.getLastModifiedTime(film);
    String url = torrent.at("/files/0/streamUrl").asText();
    try (Curl curl = Curl.start(Place.HOST, url, "--limit-rate", "40M")) {
      Awaitility.await("some of it")
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> curl.bodyBytes() > 8L * Media.MIB);
      scribble(film, Files.size(film) / 2);
      if (sameTime) {
        Files.setLastModifiedTime(film, before);
      }
      Curl.Answer answer = curl.await(LIMIT);
      assertThat(answer.exit()).as("curl, for a body that is cut").isIn(18, 56, 92);
      assertThat(Files.mismatch(curl.body(), original))
          .as("what came is right, as far as it goes")
          .isEqualTo(curl.bodyBytes());
      assertThat(curl.bodyBytes()).isGreaterThanOrEqualTo(8L * Media.MIB);
    }
    assertThat(gateway.output()).noneMatch(line -> line.contains("Exception"));
  }

  private static void scribble(Path file, long from) throws IOException {
    byte[] other = new byte[Media.MIB];
    new SplittableRandom(from).nextBytes(other);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      for (long at = from; at < bytes.length(); at += other.length) {
        bytes.seek(at);
        bytes.write(other, 0, (int) Math.min(other.length, bytes.length() - at));
      }
    }
  }

  /** Puts the bytes back, with a time of their own that is not just now. */
  private static void copyBack(Path original, Path film) throws IOException {
    try (InputStream bytes = Files.newInputStream(original);
        var out = Files.newOutputStream(film)) {
      bytes.transferTo(out);
    }
  }

  private GatewayProcess watching() {
    return GatewayProcess.in(Place.HOST)
        .overTcpOnly()
        .with("SLUICE_LIBRARY_WATCH", folder.toString())
        .data(gatewayData)
        .serve();
  }

  private Path film(String name, long length, long seed) throws IOException {
    Path file = Files.createDirectories(folder).resolve(name);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] chunk = new byte[Media.MIB];
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(length);
      for (long at = 0; at < length; at += STRIDE) {
        random.nextBytes(chunk);
        bytes.seek(at);
        bytes.write(chunk, 0, (int) Math.min(chunk.length, length - at));
      }
    }
    return file;
  }

  private void assertStreams(JsonNode torrent) throws IOException {
    assertStreams(torrent, folder.resolve(torrent.get("name").asText()));
  }

  private static void assertStreams(JsonNode torrent, Path file) throws IOException {
    try (Curl curl = Curl.start(Place.HOST, torrent.at("/files/0/streamUrl").asText())) {
      Curl.Answer answer = curl.await(LIMIT);
      assertThat(answer.exit()).as(answer.headers()).isZero();
      assertThat(Files.mismatch(curl.body(), file)).isEqualTo(-1);
    }
  }

  private static String problem(JsonNode torrent) {
    return torrent.path("problem").asText();
  }

  private static void awaitTorrents(GatewayProcess gateway, int count) {
    Awaitility.await(count + " torrents")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> gateway.api("/api/v1/torrents").size() == count);
  }

  private static List<JsonNode> jobs(GatewayProcess gateway) {
    List<JsonNode> jobs = new ArrayList<>();
    gateway.api("/api/v1/jobs").forEach(jobs::add);
    return jobs;
  }

  private static boolean unfinished(JsonNode job) {
    return !job.has("infohash") && !job.has("error");
  }

  private static void awaitHashed(GatewayProcess gateway) {
    Awaitility.await("all is hashed")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> jobs(gateway).stream().noneMatch(SeedInPlaceIT::unfinished));
  }

  /** Bytes that the process has read from files and sockets since it began. */
  private static long bytesRead(GatewayProcess gateway) throws IOException {
    Optional<String> line =
        Files.readAllLines(Path.of("/proc", String.valueOf(gateway.pid()), "io")).stream()
            .filter(each -> each.startsWith("rchar: "))
            .findFirst();
    return Long.parseLong(line.orElseThrow().substring("rchar: ".length()));
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
