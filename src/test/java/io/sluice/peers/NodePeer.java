package io.sluice.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of the scripts in {@code src/test/peers}: it prints a JSON object a line and takes commands
 * the same way.
 */
public final class NodePeer implements AutoCloseable {

  private final JsonProcess process;

  private NodePeer(JsonProcess process) {
    this.process = process;
  }

  /** Starts a script and waits until it says that it is ready. */
  public static NodePeer start(Place place, String script, String... arguments) {
    Peers.requirePackages();
    List<String> command = new ArrayList<>(List.of("node", "--import", "./fast-ice.mjs", script));
    command.addAll(List.of(arguments));
    return new NodePeer(JsonProcess.start(place, script, command));
  }

  /** The tracker of webtorrent's makers; {@code ready().get("ws")} is its URL. */
  public static NodePeer tracker(Place place) {
    return start(place, "tracker.mjs");
  }

  /** webtorrent in Node that holds a file or folder and gives it away over WebRTC only. */
  public static NodePeer seeder(Place place, Path content, String tracker, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("--path", content.toAbsolutePath().toString(), "--tracker", tracker));
    arguments.addAll(List.of(more));
    return start(place, "seeder.mjs", arguments.toArray(String[]::new));
  }

  /** webtorrent in Node that fetches everything over WebRTC only; {@link #awaitDone}. */
  public static NodePeer leecher(Place place, String source, String tracker, Path out) {
    return start(
        place,
        "leecher.mjs",
        "--source",
        source,
        "--tracker",
        tracker,
        "--out",
        out.toAbsolutePath().toString());
  }

  /** webtorrent in a headless Chromium that fetches everything; {@link #awaitDone}. */
  public static NodePeer browserLeecher(Place place, String source, String tracker) {
    return start(place, "browser-leech.mjs", "--source", source, "--tracker", tracker);
  }

  /** webtorrent in Node that fetches everything from the torrent's web seeds alone. */
  public static NodePeer webSeedLeecher(Place place, Path torrentFile, Path out) {
    return start(
        place,
        "leecher.mjs",
        "--web-seeds-only",
        "--source",
        torrentFile.toAbsolutePath().toString(),
        "--out",
        out.toAbsolutePath().toString());
  }

  /** webtorrent in a headless Chromium that fetches everything from the web seeds alone. */
  public static NodePeer browserWebSeedLeecher(Place place, Path torrentFile) {
    return start(place, "browser-leech.mjs", "--torrent", torrentFile.toAbsolutePath().toString());
  }

  /** webtorrent in a headless Chromium that gives a file away over WebRTC. */
  public static NodePeer browserSeeder(Place place, Path content, int pieceBytes, String tracker) {
    return start(
        place,
        "browser-seed.mjs",
        "--path",
        content.toAbsolutePath().toString(),
        "--piece-length",
        String.valueOf(pieceBytes),
        "--tracker",
        tracker);
  }

  /** A headless Chromium that plays, seeks to 80 % and waits for the end; {@link #awaitDone}. */
  public static NodePeer browserPlayer(
      Place place, String pageOrVideo, String url, Path screenshot) {
    return start(
        place,
        "browser-play.mjs",
        "--" + pageOrVideo,
        url,
        "--screenshot",
        screenshot.toAbsolutePath().toString());
  }

  public JsonNode ready() {
    return process.ready();
  }

  public JsonNode awaitDone(Duration limit) {
    return await("done", limit);
  }

  /** The first line that has the field, unless an error comes first. */
  public JsonNode await(String field, Duration limit) {
    return process.await(field, limit);
  }

  /** Asks for its figures, and gives the answer to this very question. */
  public JsonNode stat() {
    return process.stat();
  }

  /** SHA-256 by path, of a line that has {@code files}. */
  public static Map<String, String> hashes(JsonNode line) {
    Map<String, String> hashes = new TreeMap<>();
    line.path("files")
        .forEach(file -> hashes.put(file.get("path").asText(), file.get("sha256").asText()));
    return hashes;
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
