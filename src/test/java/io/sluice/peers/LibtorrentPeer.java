package io.sluice.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * libtorrent with one torrent, over TCP: {@code src/test/peers/lt.py}, which says what it takes and
 * prints.
 */
public final class LibtorrentPeer implements AutoCloseable {

  private final JsonProcess process;

  private LibtorrentPeer(JsonProcess process) {
    this.process = process;
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
    return new LibtorrentPeer(JsonProcess.start(place, "lt.py", command));
  }

  public JsonNode ready() {
    return process.ready();
  }

  public JsonNode awaitDone(Duration limit) {
    return process.await("done", limit);
  }

  /** Asks it to dial. */
  public void connect(String host, int port) {
    process.send("{\"cmd\":\"connect\",\"peer\":\"%s:%d\"}".formatted(host, port));
  }

  /** Asks for its figures, and gives the answer to this very question. */
  public JsonNode stat() {
    return process.stat();
  }

  /** Ends it as a crash would. */
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
