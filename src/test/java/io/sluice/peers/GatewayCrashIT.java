package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One gateway with one data folder is killed again and again: while it fetches a torrent that it is
 * to keep, while it hashes a file that it is to seed, and while pieces of films go from a disk that
 * is too small for them. Each time it is there again at once with what it had a second before the
 * kill, hashes nothing to start, and gives out right bytes only. As many rounds as {@code
 * sluice.crash.gateways}, the moments by {@code sluice.crash.seed}.
 */
final class GatewayCrashIT {

  private static final int ROUNDS = Integer.getInteger("sluice.crash.gateways", 12);
  private static final long SEED = Long.getLong("sluice.crash.seed", 7);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int LENGTH = 24 * Media.MIB;
  private static final long SEEDED_LENGTH = 384L * Media.MIB;
  private static final int MOST_SEEDED = 4;

  /** The journal, the library and what little else is read to start; no piece. */
  private static final long START_BYTES = 4L * Media.MIB;

  private enum Kind {
    DOWNLOAD,
    SEEDING,
    EVICTION
  }

  /** What was safe at a moment. */
  private record Seen(long nanos, long keptBytes, List<String> seeded) {}

  private final Random random = new Random(SEED);
  private final SharedTorrent kept = SharedTorrent.of(Media.random(LENGTH, 43));
  private final List<SharedTorrent> films =
      List.of(
          SharedTorrent.of(Media.random(LENGTH, 44)), SharedTorrent.of(Media.random(LENGTH, 45)));
  private final LibtorrentPeer keptSeeder = kept.seeder(Place.HOST, "--upload-limit", "3000000");
  private final List<LibtorrentPeer> filmSeeders =
      films.stream().map(film -> film.seeder(Place.HOST)).toList();

  private final Map<Kind, Integer> kills = new EnumMap<>(Kind.class);
  private final List<Long> readyMillis = new ArrayList<>();
  private final List<Long> startBytes = new ArrayList<>();
  private final Path temp;
  private final Path data;
  private long owedBytes;
  private List<String> owedSeeds = List.of();
  private int files;

  GatewayCrashIT(@TempDir Path temp) {
    this.temp = temp;
    data = temp.resolve("data");
  }

  @AfterEach
  void close() {
    keptSeeder.close();
    filmSeeders.forEach(LibtorrentPeer::close);
  }

  @Test
  void losesNothingAndGivesOutNothingWrong() throws IOException {
    long bare;
    try (GatewayProcess empty = start(temp.resolve("empty"))) {
      bare = bytesRead(empty);
      empty.kill();
    }
    for (int round = 0; round < ROUNDS; round++) {
      // Each kind once before any comes again, so that few rounds have all.
      Kind kind = Kind.values()[round < 3 ? round : random.nextInt(3)];
      long begun = System.nanoTime();
      try (GatewayProcess gateway = start(data)) {
        readyMillis.add((System.nanoTime() - begun) / 1_000_000);
        startBytes.add(bytesRead(gateway) - bare);
        assertThat(startBytes.getLast())
            .as("round %d: bytes read to start", round)
            .isLessThan(START_BYTES);
        hasWhatIsOwed(gateway, round);
        servesRightBytes(gateway);
        act(kind, gateway, round < 3);
      }
    }
    assertThat(kills).as("kills while something was going on").containsKeys(Kind.values());
    seedOne();
    idleStartReadsNothing(bare);
    System.out.printf(
        "killed %d times, %s; ready again after %d ms in the median, %d ms at most; at most %d KiB read to start%n",
        ROUNDS,
        kills,
        readyMillis.stream().sorted().skip(ROUNDS / 2).findFirst().orElseThrow(),
        readyMillis.stream().max(Long::compare).orElseThrow(),
        startBytes.stream().max(Long::compare).orElseThrow() >> 10);
  }

  private GatewayProcess start(Path folder) {
    return GatewayProcess.in(Place.HOST)
        .overTcpOnly()
        .with("SLUICE_CACHE_MEMORY", "8M")
        .with("SLUICE_CACHE_DISK", "48M")
        .data(folder)
        .serve();
  }

  private void hasWhatIsOwed(GatewayProcess gateway, int round) {
    add(gateway, kept, keptSeeder, "kept");
    for (int i = 0; i < films.size(); i++) {
      add(gateway, films.get(i), filmSeeders.get(i), "cached");
    }
    assertThat(gateway.torrent(kept.infohash()).get("safeBytes").asLong())
        .as("round %d: bytes that are kept", round)
        .isGreaterThanOrEqualTo(owedBytes);
    assertThat(seeded(gateway)).as("round %d: files that are seeded", round).containsAll(owedSeeds);
  }

  private static void add(
      GatewayProcess gateway, SharedTorrent torrent, LibtorrentPeer seeder, String policy) {
    String magnet = torrent.magnet(seeder.ready().get("port").asInt());
    post(gateway, "{\"magnet\":\"%s\",\"policy\":\"%s\"}".formatted(magnet, policy));
  }

  private static void post(GatewayProcess gateway, String body) {
    var _ =
        gateway.api(
            "/api/v1/torrents", "--header", "Content-Type: application/json", "--data", body);
  }

  /** The infohashes of the files that are seeded, all of them safe. */
  private static List<String> seeded(GatewayProcess gateway) {
    List<String> seeded = new ArrayList<>();
    for (JsonNode torrent : gateway.api("/api/v1/torrents")) {
      if (torrent.get("policy").asText().equals("seeded") && torrent.get("safe").asBoolean()) {
        seeded.add(torrent.get("infohash").asText());
      }
    }
    return seeded;
  }

  /** A random range of everything that there is. */
  private void servesRightBytes(GatewayProcess gateway) throws IOException {
    List<SharedTorrent> all = new ArrayList<>(films);
    all.add(kept);
    for (SharedTorrent torrent : all) {
      servesRightBytes(torrent.stream(gateway), torrent.content());
    }
    for (JsonNode torrent : gateway.api("/api/v1/torrents")) {
      if (torrent.get("policy").asText().equals("seeded")) {
        servesRightBytes(
            torrent.at("/files/0/streamUrl").asText(), temp.resolve(torrent.get("name").asText()));
      }
    }
    JsonNode whole = gateway.torrent(kept.infohash());
    if (whole.get("safe").asBoolean()) {
      try (Curl curl = Curl.get(Place.HOST, LIMIT, kept.stream(gateway))) {
        assertThat(Files.mismatch(curl.body(), kept.content())).isEqualTo(-1);
      }
      fetchAnew(gateway);
    }
  }

  private void servesRightBytes(String url, Path content) throws IOException {
    long first = random.nextLong(Files.size(content) - Media.MIB);
    String range = first + "-" + (first + Media.MIB - 1);
    try (Curl curl = Curl.start(Place.HOST, url, "--range", range)) {
      assertThat(curl.await(LIMIT).status()).as(url + " " + range).isEqualTo(206);
      byte[] expected = new byte[Media.MIB];
      try (RandomAccessFile file = new RandomAccessFile(content.toFile(), "r")) {
        file.seek(first);
        file.readFully(expected);
      }
      assertThat(Arrays.mismatch(Files.readAllBytes(curl.body()), expected))
          .as("%s %s", url, range)
          .isEqualTo(-1);
    }
  }

  /** So that there is always something to fetch. */
  private void fetchAnew(GatewayProcess gateway) {
    remove(gateway, kept.infohash());
    owedBytes = 0;
    add(gateway, kept, keptSeeder, "kept");
  }

  private static void remove(GatewayProcess gateway, String infohash) {
    String url = gateway.url() + "/api/v1/torrents/" + infohash;
    try (Curl curl = Curl.get(Place.HOST, LIMIT, url, "--request", "DELETE")) {
      assertThat(curl.text()).isEmpty();
    }
  }

  /**
   * Keeps the gateway busy in one way for a random while, and kills it.
   *
   * @param surely kill it as soon as it is seen to be busy that way
   */
  private void act(Kind kind, GatewayProcess gateway, boolean surely) throws IOException {
    long evictedBefore = evicted(gateway);
    long downloadedBefore = gateway.torrent(kept.infohash()).get("downloaded").asLong();
    String job = kind == Kind.SEEDING ? seedAnother(gateway) : "";
    List<Seen> seen = new ArrayList<>();
    boolean busy = false;
    long latest = System.nanoTime() + 20 * SECOND_NANOS;
    long until = System.nanoTime() + Duration.ofMillis(random.nextInt(2_000)).toNanos();
    List<Viewer> viewers = new ArrayList<>();
    try {
      do {
        if (kind == Kind.EVICTION) {
          watch(gateway, viewers);
        }
        JsonNode torrent = gateway.torrent(kept.infohash());
        seen.add(new Seen(System.nanoTime(), torrent.get("safeBytes").asLong(), seeded(gateway)));
        busy =
            switch (kind) {
              case DOWNLOAD ->
                  !torrent.get("safe").asBoolean()
                      && torrent.get("downloaded").asLong() > downloadedBefore;
              case SEEDING -> !gateway.api("/api/v1/jobs/" + job).has("infohash");
              case EVICTION -> evicted(gateway) > evictedBefore;
            };
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      } while (surely ? !busy && System.nanoTime() < latest : System.nanoTime() < until);
      long killed = System.nanoTime();
      gateway.kill();
      if (busy) {
        kills.merge(kind, 1, Integer::sum);
      }
      owe(seen, killed);
      for (Viewer viewer : viewers) {
        viewer.end();
      }
    } finally {
      viewers.forEach(viewer -> viewer.curl().close());
    }
  }

  /** What was safe a second before the kill; what was safe before the round is so still. */
  private void owe(List<Seen> seen, long killedNanos) {
    for (Seen each : seen) {
      if (killedNanos - each.nanos() >= SECOND_NANOS) {
        owedBytes = each.keptBytes();
        owedSeeds = each.seeded();
      }
    }
  }

  /** Begins to seed one file more, and forgets the oldest when there are many; the job. */
  private String seedAnother(GatewayProcess gateway) throws IOException {
    List<String> seeded = seeded(gateway);
    if (seeded.size() >= MOST_SEEDED) {
      remove(gateway, seeded.getFirst());
      owedSeeds = owedSeeds.stream().filter(each -> !each.equals(seeded.getFirst())).toList();
    }
    Path file = temp.resolve("seeded %d.bin".formatted(files++));
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(SEEDED_LENGTH);
      byte[] chunk = new byte[Media.MIB];
      for (long at = 0; at < SEEDED_LENGTH; at += 32L * Media.MIB) {
        random.nextBytes(chunk);
        bytes.seek(at);
        bytes.write(chunk);
      }
    }
    return gateway
        .api(
            "/api/v1/torrents",
            "--header",
            "Content-Type: application/json",
            "--data",
            "{\"path\":\"%s\"}".formatted(file))
        .get("id")
        .asText();
  }

  /** Somebody who watches a film from its beginning. */
  private record Viewer(SharedTorrent film, Curl curl) {
    void end() throws IOException {
      int exit = curl.await(LIMIT).exit();
      long wrong = Files.exists(curl.body()) ? Files.mismatch(curl.body(), film.content()) : 0;
      assertThat(wrong).as("what came of a film").isIn(-1L, curl.bodyBytes());
      assertThat(exit == 0).as("curl takes part of a film for the whole").isEqualTo(wrong == -1);
    }
  }

  /** Two viewers at any time, one of each film. */
  private void watch(GatewayProcess gateway, List<Viewer> viewers) throws IOException {
    for (Viewer viewer : List.copyOf(viewers)) {
      if (!viewer.curl().running()) {
        viewer.end();
        viewer.curl().close();
        viewers.remove(viewer);
      }
    }
    for (SharedTorrent film : films) {
      if (viewers.stream().noneMatch(viewer -> viewer.film().equals(film))) {
        viewers.add(new Viewer(film, Curl.start(Place.HOST, film.stream(gateway))));
      }
    }
  }

  private static long evicted(GatewayProcess gateway) {
    try (Curl curl = Curl.get(Place.HOST, LIMIT, gateway.url() + "/q/metrics")) {
      return curl.text()
          .lines()
          .filter(line -> line.startsWith("sluice_disk_evicted"))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
          .sum();
    }
  }

  /** So that there is something that could be hashed again, whatever the moments were. */
  private void seedOne() throws IOException {
    try (GatewayProcess gateway = start(data)) {
      String job = seedAnother(gateway);
      Awaitility.await("a file that is seeded")
          .atMost(LIMIT)
          .until(() -> gateway.api("/api/v1/jobs/" + job).has("infohash"));
      Awaitility.await("that it is remembered")
          .atMost(LIMIT)
          .until(() -> !seeded(gateway).isEmpty());
      gateway.kill();
    }
  }

  /** With nobody who asks for anything, all that there is stays unread. */
  private void idleStartReadsNothing(long bare) throws IOException {
    close();
    try (GatewayProcess gateway = start(data)) {
      List<String> there = seeded(gateway);
      LockSupport.parkNanos(3 * SECOND_NANOS);
      assertThat(there).isNotEmpty();
      assertThat(bytes(data)).as("pieces on disk").isGreaterThan(24L * Media.MIB);
      assertThat(bytesRead(gateway) - bare)
          .as("bytes read in three seconds, of %d MiB seeded", (there.size() * SEEDED_LENGTH) >> 20)
          .isLessThan(START_BYTES);
      gateway.stopCleanly();
    }
  }

  /** Bytes that the process has read from files and sockets since it began. */
  private static long bytesRead(GatewayProcess gateway) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(gateway.pid()), "io")).stream()
        .filter(line -> line.startsWith("rchar: "))
        .mapToLong(line -> Long.parseLong(line.substring("rchar: ".length())))
        .sum();
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
