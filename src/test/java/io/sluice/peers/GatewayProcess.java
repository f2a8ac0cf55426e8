package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The gateway as it is shipped, in a process of its own, on a free port, with an empty data folder
 * that goes when it is closed. Nothing but WebRTC and HTTP is switched on unless the test says so.
 */
public final class GatewayProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final String READY = "Sluice is ready at ";

  private final Place place;
  private final ChildProcess process;
  private final Path data;
  private final boolean dataGoes;
  private final String url;

  private GatewayProcess(Place place, ChildProcess process, Path data, boolean dataGoes) {
    this.place = place;
    this.process = process;
    this.data = data;
    this.dataGoes = dataGoes;
    this.url =
        process.await(
            START,
            "the line that it is ready",
            line ->
                line.startsWith(READY)
                    ? Optional.of(line.substring(READY.length()).strip())
                    : Optional.empty());
  }

  /** What to start, and with which settings. */
  public static final class Builder {
    private final Place place;
    private final Map<String, String> settings = new HashMap<>();
    private int port;
    private Optional<Path> kept = Optional.empty();

    private Builder(Place place) {
      this.place = place;
      settings.put("SLUICE_TCP_ENABLED", "false");
      settings.put("SLUICE_DHT_ENABLED", "false");
      settings.put("SLUICE_LSD_ENABLED", "false");
    }

    /** A setting by the name of its environment variable. */
    public Builder with(String variable, String value) {
      settings.put(variable, value);
      return this;
    }

    /** On a port that others must know before; a free one otherwise. */
    public Builder onPort(int wanted) {
      port = wanted;
      return this;
    }

    /** Peers over TCP and no others, on a free port. */
    public Builder overTcpOnly() {
      return with("SLUICE_TCP_ENABLED", "true")
          .with("SLUICE_TCP_PORT", "0")
          .with("SLUICE_WEBRTC_ENABLED", "false");
    }

    /** A data folder that stays when the gateway is closed. */
    public Builder data(Path folder) {
      kept = Optional.of(folder);
      return this;
    }

    /** Starts it, and waits until it answers. */
    public GatewayProcess serve(String... arguments) {
      String name = "gateway-" + COUNT.incrementAndGet();
      Path data = kept.orElse(Path.of("target", "test-data", name));
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED"));
      // The start-up cache, when the build has made one.
      Path options = jar().resolveSibling("java.options");
      if (Files.exists(options)) {
        command.add("@" + options);
      }
      command.addAll(
          List.of(
              "-ea",
              "-Xmx512m",
              "-Dio.netty.leakDetection.level=paranoid",
              "-jar",
              jar().toString(),
              "--port",
              String.valueOf(port),
              "--data",
              data.toString()));
      command.addAll(List.of(arguments));
      ChildProcess process =
          ChildProcess.start(name, Path.of("."), place.within(command), settings);
      try {
        return new GatewayProcess(place, process, data, kept.isEmpty());
      } catch (AssertionError notReady) {
        process.close();
        throw notReady;
      }
    }

    private static Path jar() {
      Path jar =
          Path.of(System.getProperty("sluice.jar", "target/quarkus-app/quarkus-run.jar"))
              .toAbsolutePath();
      assertThat(jar).as("the built gateway: run ./sluice test").exists();
      return jar;
    }
  }

  public static Builder in(Place place) {
    return new Builder(place);
  }

  /** Where it listens, without a slash at the end. */
  public String url() {
    return url;
  }

  /** Its own tracker, for WebTorrent clients. */
  public String tracker() {
    return "ws" + url.substring("http".length()) + "/announce";
  }

  /** Where it listens for peers over TCP; it must. */
  public int tcpPort() {
    for (JsonNode check : api("/q/health").get("checks")) {
      if (check.get("name").asText().equals("tcp")) {
        assertThat(check.at("/data/state").asText()).isEqualTo("on");
        return check.at("/data/port").asInt();
      }
    }
    throw new AssertionError("its health does not speak of TCP");
  }

  /** An answer of its API, which must be a success. */
  public JsonNode api(String path, String... more) {
    try (Curl curl = Curl.start(place, url + path, more)) {
      Curl.Answer answer = curl.await(ANSWER);
      String body = curl.text();
      assertThat(answer.status()).as("%s: %s", path, body).isBetween(200, 299);
      return JSON.readTree(body);
    } catch (JsonProcessingException notJson) {
      throw new AssertionError(path + " is not JSON", notJson);
    }
  }

  /** Adds a magnet link; what the API says of it. */
  public JsonNode add(String magnet) {
    return api(
        "/api/v1/torrents",
        "--header",
        "Content-Type: application/json",
        "--data",
        JSON.createObjectNode().put("magnet", magnet).toString());
  }

  public JsonNode torrent(String infohash) {
    return api("/api/v1/torrents/" + infohash);
  }

  /** The torrents that it has, once there are any. */
  public JsonNode awaitFirstTorrent(Duration limit) {
    JsonNode torrents =
        Awaitility.await("a torrent")
            .atMost(limit)
            .pollInterval(Duration.ofMillis(200))
            .until(() -> api("/api/v1/torrents"), list -> !list.isEmpty());
    return torrents.get(0);
  }

  /** The torrent, once it is as expected. */
  public JsonNode await(
      String infohash, String what, Duration limit, Predicate<JsonNode> expected) {
    return Awaitility.await(what)
        .atMost(limit)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> torrent(infohash), expected);
  }

  /** Where players get a file of a torrent that is {@code ready}, by the file's path. */
  public static Map<String, String> streamUrls(JsonNode torrent) {
    Map<String, String> urls = new HashMap<>();
    torrent
        .get("files")
        .forEach(file -> urls.put(file.get("path").asText(), file.get("streamUrl").asText()));
    return urls;
  }

  /** Asks it to end; it must do so by itself, cleanly, and without a word about leaked buffers. */
  public void stopCleanly() {
    int exit = process.stop();
    // 143 is what a JVM says after SIGTERM when nothing went wrong.
    assertThat(exit).as("exit code; it said %s", process.output()).isIn(0, 143);
    assertThat(process.output()).noneMatch(line -> line.contains("LEAK:"));
  }

  /** Ends it at once, as a crash would. */
  public void kill() {
    process.kill();
  }

  public List<String> output() {
    return process.output();
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
    if (!dataGoes || !Files.exists(data)) {
      return;
    }
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
