package io.sluice.http;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An nginx of our own that serves the files of a folder on a free loopback port. */
final class Nginx implements AutoCloseable {

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it.
   *
   * @param prefix a folder for its configuration, log and pid
   * @param root what it serves
   */
  static Nginx start(Path prefix, Path root) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path configuration = prefix.resolve("nginx.conf");
    Files.writeString(configuration, configuration(port, root));
    Process process =
        new ProcessBuilder(
                binary(),
                "-p",
                prefix.toAbsolutePath().toString(),
                "-e",
                "error.log",
                "-c",
                configuration.toAbsolutePath().toString())
            .redirectErrorStream(true)
            .redirectOutput(prefix.resolve("output.log").toFile())
            .start();
    Nginx nginx = new Nginx(process, port);
    await("nginx answers")
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError(
                    "nginx ended: " + Files.readString(prefix.resolve("output.log")));
              }
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              return true;
            });
    return nginx;
  }

  private static String configuration(int port, Path root) {
    return """
    daemon off;
    master_process off;
    pid nginx.pid;
    error_log error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path temp;
      proxy_temp_path temp;
      fastcgi_temp_path temp;
      uwsgi_temp_path temp;
      scgi_temp_path temp;
      types { video/mp4 mp4; }
      keepalive_requests 1000000;
      server {
        listen 127.0.0.1:%d;
        root "%s";
      }
    }
    """
        .formatted(port, root.toAbsolutePath());
  }

  private static String binary() {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
            Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"))
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseThrow(
            () ->
                new AssertionError(
                    "This test compares with nginx, which is not installed."
                        + " ./sluice test installs it; so does: apt-get install nginx-light"));
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
