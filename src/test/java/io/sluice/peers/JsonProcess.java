package io.sluice.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A script in {@code src/test/peers} that prints a JSON object a line, the first of them with
 * {@code ready}, and takes commands the same way.
 */
final class JsonProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofMinutes(1);

  private final ChildProcess process;
  private final JsonNode ready;

  private JsonProcess(ChildProcess process) {
    this.process = process;
    this.ready = await("ready", START);
  }

  /** Starts a script and waits until it says that it is ready. */
  static JsonProcess start(Place place, String label, List<String> command) {
    ChildProcess process = ChildProcess.start(label, Peers.FOLDER, place.within(command), Map.of());
    try {
      return new JsonProcess(process);
    } catch (AssertionError notReady) {
      process.close();
      throw notReady;
    }
  }

  JsonNode ready() {
    return ready;
  }

  /** The first line that has the field, unless an error comes first. */
  JsonNode await(String field, Duration limit) {
    JsonNode line = process.await(limit, field, text -> parse(text, field));
    if (line.has("error")) {
      throw new AssertionError("instead of " + field + ": " + line.toPrettyString());
    }
    return line;
  }

  void send(String line) {
    process.send(line);
  }

  /** Asks for its figures, and gives the answer to this very question. */
  JsonNode stat() {
    long before = process.output().stream().filter(line -> parse(line, "stat").isPresent()).count();
    send("{\"cmd\":\"stat\"}");
    long[] toSkip = {before};
    return process.await(START, "stat", line -> parse(line, "stat").filter(_ -> toSkip[0]-- <= 0));
  }

  /** Ends it as a crash would. */
  void kill() {
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
