package io.sluice.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * libtorrent with one torrent, over TCP: {@code src/test/peers/lt.py}, which says what it takes and
 * prints.
 */
public final class LibtorrentPeer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofSeconds(60);

  private final ChildProcess process;
  private final JsonNode ready;

  private LibtorrentPeer(ChildProcess process) {
    this.process = process;
    this.ready = await("ready", START);
  }

  /** Starts it and waits until it listens. */
  public static LibtorrentPeer start(
      Place place, Path torrentFile, Path folder, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/python3",
                "lt.py",
                "--torrent",
                torrentFile.toAbsolutePath().toString(),
                "--folder",
                folder.toAbsolutePath().toString()));
    command.addAll(List.of(arguments));
    ChildProcess process =
        ChildProcess.start("lt.py", Peers.FOLDER, place.within(command), Map.of());
    try {
      return new LibtorrentPeer(process);
    } catch (AssertionError notReady) {
      process.close();
      throw notReady;
    }
  }

  public JsonNode ready() {
    return ready;
  }

  public JsonNode awaitDone(Duration limit) {
    return await("done", limit);
  }

  /** Asks it to dial. */
  public void connect(String host, int port) {
    process.send("{\"cmd\":\"connect\",\"peer\":\"%s:%d\"}".formatted(host, port));
  }

  /** Asks for its figures, and gives the answer to this very question. */
  public JsonNode stat() {
    long before = process.output().stream().filter(line -> parse(line, "stat").isPresent()).count();
    process.send("{\"cmd\":\"stat\"}");
    long[] toSkip = {before};
    return process.await(START, "stat", line -> parse(line, "stat").filter(_ -> toSkip[0]-- <= 0));
  }

  private JsonNode await(String field, Duration limit) {
    JsonNode line = process.await(limit, field, text -> parse(text, field));
    if (line.has("error")) {
      throw new AssertionError("instead of " + field + ": " + line.toPrettyString());
    }
    return line;
  }

  /** Ends it as a crash would. */
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }

  private static Optional<JsonNode> parse(String line, String field) {
    if (!line.startsWith("{")) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(line);
      return node.has(field) || node.has("error") ? Optional.of(node) : Optional.empty();
    } catch (JsonProcessingException notOurs) {
      return Optional.empty();
    }
  }
}
