import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes the cache that lets the gateway start fast (JEP 483, 514, 515): runs it once, as it is
 * built, lets it fetch a file from a second gateway and play it, and has the JVM keep which classes
 * that took and which methods were busy.
 *
 * <p>Run as a source file: {@code java Train.java QUARKUS_APP_FOLDER}. Leaves {@code sluice.aot} in
 * that folder, and {@code java.options}, an argument file with which it is used. A gateway without
 * the cache is slow to start and otherwise the same, so a failure is told in one line and is not
 * one of the build: then the options go without it, and tell that it was tried.
 */
final class Train {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIP_BYTES = 24 << 20;
  private static final Pattern READY = Pattern.compile("Sluice is ready at (\\S+)");
  private static final Pattern MAGNET = Pattern.compile("\"magnet\":\"([^\"]+)\"");
  private static final Pattern URLS =
      Pattern.compile("\"(?:streamUrl|webSeedUrl)\":\"([^\"]+)\"");

  /**
   * A cache that does not fit any more is no reason to write to standard output. Half a minute
   * without a garbage collection is reason for one: who does little gives memory back (JEP 346).
   * Young objects get little room, in small regions for it on any machine: pieces are off the heap,
   * what is young is dead soon, and the collector would spread it over hundreds of megabytes. The
   * compilers let others go first (nice 10): on few processors a viewer waits longer for them than
   * for code that is not compiled. Without root the JVM would warn that it may not raise priorities,
   * which nobody asks it to.
   */
  private static final String OPTIONS =
      """
      -Xlog:disable
      -Xlog:all=warning,aot*=off,cds*=off:stderr
      -XX:G1PeriodicGCInterval=30000
      -XX:G1HeapRegionSize=2m
      -XX:MaxNewSize=16m
      -XX:-PrintWarnings
      -XX:ThreadPriorityPolicy=1
      -XX:CompilerThreadPriority=10
      """;

  private final Path folder;
  private final Path jar;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  private Train(Path folder, Path jar) {
    this.folder = folder;
    this.jar = jar;
  }

  public static void main(String[] arguments) throws Exception {
    Path app = Path.of(arguments[0]).toAbsolutePath().normalize();
    Path cache = app.resolve("sluice.aot");
    Path options = app.resolve("java.options");
    Files.deleteIfExists(options);
    Path folder = Files.createTempDirectory("sluice-train");
    try {
      new Train(folder, app.resolve("quarkus-run.jar")).run(cache);
      Files.writeString(options, use(cache) + OPTIONS);
    } catch (IOException failure) {
      Files.writeString(options, OPTIONS);
      System.err.println("sluice: going on without a start-up cache: " + failure.getMessage());
    } finally {
      delete(folder);
    }
  }

  private static String use(Path cache) {
    return "\"-XX:AOTCache=%s\"\n".formatted(cache.toString().replace("\\", "\\\\"));
  }

  private void run(Path cache) throws Exception {
    Files.deleteIfExists(cache);
    Path clip = folder.resolve("clip.mp4");
    byte[] bytes = new byte[CLIP_BYTES];
    new Random(1).nextBytes(bytes);
    Files.write(clip, bytes);
    int port = freePort();
    Process seeder = start("seeder", port, List.of(), clip.toString());
    Process gateway = null;
    try {
      String origin = ready("seeder", seeder);
      gateway = start("gateway", 0, List.of("-XX:AOTCacheOutput=" + cache));
      // By the link's own address the two meet over TCP too, whoever answers first otherwise.
      String magnet = find(MAGNET, origin + "/api/v1/torrents") + "&x.pe=127.0.0.1:" + port;
      exercise(ready("gateway", gateway), magnet);
      gateway.destroy();
      if (!gateway.waitFor(PATIENCE) || !Files.exists(cache)) {
        throw new IOException("the JVM wrote no cache");
      }
    } finally {
      seeder.destroyForcibly();
      if (gateway != null) {
        gateway.destroyForcibly();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private Process start(String name, int peerPort, List<String> options, String... sources)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m"));
    command.addAll(options);
    command.addAll(List.of("-jar", jar.toString(), "--port", "0"));
    command.addAll(List.of("--data", folder.resolve(name).toString()));
    command.addAll(List.of(sources));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SLUICE_TCP_PORT", String.valueOf(peerPort));
    builder.environment().put("SLUICE_DHT_ENABLED", "false");
    builder.redirectErrorStream(true).redirectOutput(folder.resolve(name + ".log").toFile());
    return builder.start();
  }

  private String ready(String name, Process process) throws Exception {
    Path log = folder.resolve(name + ".log");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      Matcher ready = READY.matcher(Files.readString(log));
      if (ready.find()) {
        return ready.group(1);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IOException("the " + name + " did not start:\n" + Files.readString(log));
  }

  /** What a viewer, a web-seed client and the page ask for. */
  private void exercise(String base, String magnet) throws Exception {
    for (String page : List.of("/", "/embed.js", "/q/health", "/q/metrics", "/api/v1/torrents")) {
      get(base + page, "bytes=0-");
    }
    HttpRequest add =
        HttpRequest.newBuilder(URI.create(base + "/api/v1/torrents"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"magnet\":\"" + magnet + "\"}"))
            .build();
    String infohash = http.send(add, HttpResponse.BodyHandlers.ofString()).body().split("\"", 5)[3];
    get(base + "/sw.js", "bytes=0-");
    get(base + "/embed/" + infohash, "bytes=0-");
    for (int range = 0; range < 20; range++) {
      get(base + "/stream/" + infohash, "bytes=" + range * 1000 + "-" + (CLIP_BYTES / 2));
    }
    get(base + "/torrents/" + infohash + ".torrent", "bytes=0-");
    Matcher files = URLS.matcher(get(base + "/api/v1/torrents/" + infohash, "bytes=0-"));
    while (files.find()) {
      for (int first = 0; first < CLIP_BYTES; first += 1 << 20) { // Whole, piece by piece.
        get(files.group(1), "bytes=" + first + "-" + (first + (1 << 20) - 1));
      }
    }
  }

  private String find(Pattern what, String url) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Matcher found = what.matcher(get(url, "bytes=0-"));
      if (found.find()) {
        return found.group(1);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IOException("the seeder did not take the clip");
  }

  private String get(String url, String range) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).header("Range", range).build();
    HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() == 307) {
      return get(
          URI.create(url).resolve(answer.headers().firstValue("Location").orElseThrow()).toString(),
          range);
    }
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
