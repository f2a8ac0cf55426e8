package io.sluice.peers;

import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.metainfo.MetainfoWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * nginx that serves a folder in each way that a web seed is known to go wrong, by the first element
 * of the path.
 */
final class WebServer implements AutoCloseable {

  static final int PORT = 8090;

  /** An address that counts as public, of the sink that answers for private ones (RFC 7534). */
  static final String PUBLIC_ADDRESS = "192.175.48.1";

  /** Seconds of {@code Retry-After}. */
  static final int RETRY_AFTER = 60;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ChildProcess process;
  private final Path folder;

  private WebServer(ChildProcess process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /**
   * Starts it: {@code /right/} has the file as it is, {@code /wrong/} other bytes, {@code /short/}
   * half of it; {@code /gone/}, {@code /busy/}, {@code /whole/} and {@code /moved/} do not do
   * ranges as one would like.
   */
  static WebServer start(Namespace place, Path content, Path folder) throws IOException {
    Path root = Files.createDirectories(folder.resolve("root")).toAbsolutePath();
    String name = content.getFileName().toString();
    byte[] bytes = Files.readAllBytes(content);
    write(root.resolve("right").resolve(name), bytes);
    byte[] half = new byte[bytes.length / 2];
    System.arraycopy(bytes, 0, half, 0, half.length);
    write(root.resolve("short").resolve(name), half);
    for (int i = 0; i < bytes.length; i += 1000) {
      bytes[i] ^= 1;
    }
    write(root.resolve("wrong").resolve(name), bytes);
    Path configuration = folder.resolve("nginx.conf");
    Files.writeString(configuration, configuration(root));
    run(place, List.of("ip", "addr", "replace", PUBLIC_ADDRESS + "/32", "dev", "lo"));
    List<String> command =
        List.of(
            binary(),
            "-p",
            folder.toAbsolutePath().toString(),
            "-e",
            "error.log",
            "-c",
            configuration.toAbsolutePath().toString());
    WebServer server =
        new WebServer(
            ChildProcess.start("nginx", Path.of("."), place.within(command), Map.of()), folder);
    Awaitility.await("nginx answers")
        .atMost(LIMIT)
        .until(
            () -> {
              try (Curl curl = Curl.start(place, url("right", name), "--head")) {
                return curl.await(LIMIT).status() == 200;
              }
            });
    return server;
  }

  static String url(String kind, String name) {
    return "http://127.0.0.1:%d/%s/%s".formatted(PORT, kind, name);
  }

  /** A torrent with web seeds of these URLs and no tracker. */
  static Path torrent(SharedTorrent torrent, Path folder, List<String> urls) throws IOException {
    Metainfo bare = MetainfoReader.read(Files.readAllBytes(torrent.torrentFile()));
    Metainfo seeded = new Metainfo(bare.info(), List.of(), urls.stream().map(URI::create).toList());
    return Files.write(folder.resolve("seeded.torrent"), MetainfoWriter.write(seeded));
  }

  /** What it was asked for so far: status, path, range. */
  List<String> asked(String kind) {
    try (Stream<String> lines = Files.lines(folder.resolve("access.log"))) {
      return lines.filter(line -> line.contains(" /" + kind + "/")).toList();
    } catch (IOException failure) {
      throw new AssertionError("nginx keeps no log", failure);
    }
  }

  @Override
  public void close() {
    process.close();
  }

  private static String configuration(Path root) {
    return """
      daemon off;
      master_process off;
      pid nginx.pid;
      error_log error.log;
      events {}
      http {
        log_format asked '$status $request_uri $http_range';
        access_log access.log asked;
        client_body_temp_path temp;
        proxy_temp_path temp;
        fastcgi_temp_path temp;
        uwsgi_temp_path temp;
        scgi_temp_path temp;
        server {
          listen 0.0.0.0:%d;
          root "%s";
          location /gone/ { return 404; }
          location /busy/ { add_header Retry-After %d always; return 503; }
          location /whole/ { alias "%s/right/"; max_ranges 0; }
          location /moved/ { rewrite ^/moved/(.*)$ http://10.77.0.1:%d/right/$1 redirect; }
        }
      }
      """
        .formatted(PORT, root, RETRY_AFTER, root, PORT);
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static void run(Place place, List<String> command) {
    try (ChildProcess process =
        ChildProcess.start(command.getFirst(), Path.of("."), place.within(command), Map.of())) {
      if (process.awaitExit(LIMIT) != 0) {
        throw new AssertionError(command + ": " + process.output());
      }
    }
  }

  private static String binary() {
    return Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nginx is missing: run ./sluice test"));
  }
}
