package io.sluice.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One request by curl, the HTTP client that nobody here has written, from inside a place. */
public final class Curl implements AutoCloseable {

  private static final Path FOLDER = Path.of("target", "test-data");
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String DONE = "curl-done ";

  /**
   * How it went.
   *
   * @param exit 0, or what curl makes of a failure: 18 for a body shorter than promised
   * @param status of the last response, 0 when there was none
   * @param firstByte from the start of curl to the first byte of the response
   */
  public record Answer(int exit, int status, Duration firstByte, Duration total, String headers) {

    /** A header's value, of the last response. */
    public Optional<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return headers
          .lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .reduce((_, last) -> last);
    }
  }

  private final ChildProcess process;
  private final Path headers;
  private final Path body;

  private Curl(ChildProcess process, Path headers, Path body) {
    this.process = process;
    this.headers = headers;
    this.body = body;
  }

  /**
   * Starts a request, whose body goes to a file of its own.
   *
   * @param more options of curl
   */
  public static Curl start(Place place, String url, String... more) {
    int number = COUNT.incrementAndGet();
    try {
      Path headers = Files.createDirectories(FOLDER).resolve("curl-%d.headers".formatted(number));
      Path body = FOLDER.resolve("curl-%d.body".formatted(number));
      Files.deleteIfExists(body);
      List<String> command =
          new ArrayList<>(
              List.of("curl", "--silent", "--show-error", "--globoff", "--no-buffer", "--output"));
      command.addAll(List.of(body.toString(), "--dump-header", headers.toString()));
      command.addAll(
          List.of("--write-out", DONE + "%{http_code} %{time_starttransfer} %{time_total}\\n"));
      command.addAll(List.of(more));
      command.add(url);
      return new Curl(
          ChildProcess.start("curl " + url, Path.of("."), place.within(command), Map.of()),
          headers,
          body);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The whole request; it must have ended within the limit. */
  public static Curl get(Place place, Duration limit, String url, String... more) {
    Curl curl = start(place, url, more);
    curl.await(limit);
    return curl;
  }

  public Answer await(Duration limit) {
    int exit = process.awaitExit(limit);
    String[] figures =
        process.await(
            Duration.ZERO,
            "the figures of curl",
            line ->
                line.startsWith(DONE)
                    ? Optional.of(line.substring(DONE.length()).split(" ", -1))
                    : Optional.empty());
    try {
      return new Answer(
          exit,
          Integer.parseInt(figures[0]),
          seconds(figures[1]),
          seconds(figures[2]),
          Files.exists(headers) ? Files.readString(headers, StandardCharsets.ISO_8859_1) : "");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Whether it has not ended yet. */
  public boolean running() {
    return process.isAlive();
  }

  /** What has come of the body so far. */
  public Path body() {
    return body;
  }

  public long bodyBytes() {
    try {
      return Files.exists(body) ? Files.size(body) : 0;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public String text() {
    try {
      return Files.exists(body) ? Files.readString(body) : "";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Ends the request and forgets what came. */
  @Override
  public void close() {
    process.close();
    try {
      Files.deleteIfExists(body);
      Files.deleteIfExists(headers);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Duration seconds(String text) {
    return Duration.ofNanos((long) (Double.parseDouble(text) * 1e9));
  }
}
