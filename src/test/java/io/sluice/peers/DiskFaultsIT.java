package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that goes wrong in each way is one clear state, and the gateway plays on. */
final class DiskFaultsIT {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int LENGTH = 16 * Media.MIB;

  private final SharedTorrent torrent = SharedTorrent.of(Media.random(LENGTH, 41));
  private final SharedTorrent other = SharedTorrent.of(Media.random(LENGTH, 42));

  @TempDir Path temp;

  /** A file system of a few megabytes in memory; gone when closed. */
  private record Tmpfs(Path folder) implements AutoCloseable {
    static Tmpfs mount(Path folder, int mebibytes) throws IOException {
      Peers.requireRoot();
      Files.createDirectories(folder);
      run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder.toString());
      return new Tmpfs(folder);
    }

    void remount(String how) {
      run("mount", "-o", "remount," + how, folder.toString());
    }

    @Override
    public void close() {
      run("umount", "-l", folder.toString());
    }
  }

  private static void run(String... command) {
    try (ChildProcess process =
        ChildProcess.start(command[0], Path.of("."), List.of(command), Map.of())) {
      assertThat(process.awaitExit(LIMIT)).as("%s: %s", command[0], process.output()).isZero();
    }
  }

  private static GatewayProcess.Builder gateway(Path data) {
    return GatewayProcess.in(Place.HOST).overTcpOnly().data(data);
  }

  private static JsonNode disk(GatewayProcess gateway) {
    for (JsonNode check : gateway.api("/q/health").get("checks")) {
      if (check.get("name").asText().equals("disk")) {
        return check.get("data");
      }
    }
    throw new AssertionError("its health does not speak of the disk");
  }

  private static void awaitState(GatewayProcess gateway, String state, String detail) {
    Awaitility.await("disk: " + state + " " + detail)
        .atMost(LIMIT)
        .until(
            () -> disk(gateway),
            disk ->
                disk.get("state").asText().equals(state)
                    && disk.path("detail").asText().contains(detail));
  }

  private static void plays(GatewayProcess gateway, SharedTorrent torrent) {
    try (LibtorrentPeer seeder = torrent.seeder(Place.HOST)) {
      gateway.add(torrent.magnet(seeder.ready().get("port").asInt()));
      streams(gateway, torrent);
    }
  }

  private static void streams(GatewayProcess gateway, SharedTorrent torrent) {
    try (Curl curl = Curl.start(Place.HOST, torrent.stream(gateway))) {
      Curl.Answer answer = curl.await(LIMIT);
      assertThat(answer.exit()).as(answer.headers()).isZero();
      assertThat(Media.sha256(curl.body())).isEqualTo(Media.sha256(torrent.content()));
    }
  }

  @Test
  void aFullDiskIsSaidAndTheRestPlays() throws IOException {
    try (Tmpfs small = Tmpfs.mount(temp.resolve("small"), 8);
        GatewayProcess gateway =
            gateway(small.folder().resolve("data"))
                // Little, so that pieces go to the disk while they are played.
                .with("SLUICE_CACHE_MEMORY", "8M")
                .serve()) {
      Path others = small.folder().resolve("of-others");
      fill(others);
      plays(gateway, torrent);
      awaitState(gateway, "problem", "full");
      plays(gateway, other);
      assertThat(gateway.output().stream().filter(line -> line.contains("is full")).count())
          .as("said once, or a few times")
          .isBetween(1L, 5L);
      Files.delete(others);
      awaitState(gateway, "on", "");
      plays(gateway, torrent);
      Awaitility.await("pieces on disk")
          .atMost(LIMIT)
          .until(() -> disk(gateway).get("bytes").asLong() > Media.MIB);
      assertThat(free(small.folder())).as("the reserve").isPositive();
      gateway.stopCleanly();
    }
  }

  /** Takes all the room that there is, whoever else takes some of it meanwhile. */
  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[4_096]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space");
    }
  }

  private static long free(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Test
  void aReadOnlyFolderIsSaidAndTheGatewayPlays() throws IOException {
    try (Tmpfs fixed = Tmpfs.mount(temp.resolve("fixed"), 8)) {
      fixed.remount("ro");
      try (GatewayProcess gateway = gateway(fixed.folder()).serve()) {
        awaitState(gateway, "problem", "cannot be written");
        plays(gateway, torrent);
        fixed.remount("rw");
        awaitState(gateway, "on", "");
        gateway.stopCleanly();
      }
    }
  }

  @Test
  void aDeletedFolderIsSaidAndTheGatewayPlaysOn() throws IOException {
    Path data = temp.resolve("data");
    try (GatewayProcess gateway = gateway(data).serve()) {
      plays(gateway, torrent);
      delete(data);
      awaitState(gateway, "problem", data.toString());
      streams(gateway, torrent);
      plays(gateway, other);
      Files.createDirectories(data);
      awaitState(gateway, "on", "");
      gateway.stopCleanly();
    }
  }

  @Test
  void aSecondProcessGetsOneLine() {
    Path data = temp.resolve("data");
    try (GatewayProcess gateway = gateway(data).serve()) {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      String jar = System.getProperty("sluice.jar", "target/quarkus-app/quarkus-run.jar");
      try (ChildProcess second =
          ChildProcess.start(
              "second gateway",
              Path.of("."),
              List.of(java, "-jar", jar, "--port", "0", "--data", data.toString()),
              Map.of("SLUICE_TCP_PORT", "0"))) {
        assertThat(second.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(second.output())
            .filteredOn(line -> line.startsWith("sluice:"))
            .singleElement()
            .asString()
            .contains(data.toString())
            .contains("another gateway");
      }
      plays(gateway, torrent);
      gateway.stopCleanly();
    }
  }

  @Test
  void aDamagedJournalAndADamagedPieceCostNoWrongByte() throws IOException {
    Path data = temp.resolve("data");
    long before;
    try (GatewayProcess gateway = gateway(data).serve()) {
      plays(gateway, torrent);
      before =
          gateway
              .await(
                  torrent.infohash(),
                  "all of it is counted",
                  LIMIT,
                  t -> t.get("downloaded").asLong() >= t.get("length").asLong())
              .get("downloaded")
              .asLong();
      gateway.stopCleanly();
    }
    Path pieces = data.resolve("pieces");
    Path journal = pieces.resolve("journal");
    List<String> lines = Files.readAllLines(journal);
    assertThat(lines.size()).as("the orderly end wrote what was in memory").isGreaterThan(10);
    Files.writeString(journal, String.join("\n", lines).replaceFirst("PUT", "PAT") + "\n");
    Path piece = pieces.resolve(torrent.infohash()).resolve("3");
    byte[] bytes = Files.readAllBytes(piece);
    bytes[1000] ^= 1;
    Files.write(piece, bytes);
    try (GatewayProcess gateway = gateway(data).serve();
        LibtorrentPeer seeder = torrent.seeder(Place.HOST)) {
      assertThat(gateway.output()).anyMatch(line -> line.contains("damaged"));
      gateway.add(torrent.magnet(seeder.ready().get("port").asInt()));
      streams(gateway, torrent);
      long after =
          gateway
              .await(
                  torrent.infohash(),
                  "what was damaged came from the seeder",
                  LIMIT,
                  t -> t.get("downloaded").asLong() >= before + bytes.length)
              .get("downloaded")
              .asLong();
      assertThat(after - before).as("and little else").isLessThan(2L * Media.MIB);
      awaitState(gateway, "on", "");
      gateway.stopCleanly();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
