package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a site can do with the player, and a viewer inside of it. */
final class PlayerIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final String FILM = "with subtitles/film.mp4";

  private static Namespace namespace;
  private static GatewayProcess gateway;
  private static String infohash;

  @BeforeAll
  static void start() {
    namespace = Namespace.create();
    gateway = GatewayProcess.in(namespace).serve(folder().toAbsolutePath().toString());
    infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    namespace.close();
  }

  @Test
  void isAMediaElementThatItsViewerControls() {
    JsonNode seen;
    try (NodePeer browser = player("--mode", "iframe")) {
      seen = browser.awaitDone(LIMIT);
      assertMediaElement(seen);
      assertThat(seen.get("cues").toString()).contains("Grüezi", "Hello there");
      assertThat(seen.at("/limits/before").asInt()).isPositive();
      assertThat(seen.at("/limits/slower").asInt()).isPositive();
      assertThat(seen.at("/limits/said").asText()).startsWith("Sharing off");
      assertThat(seen.at("/limits/again").asInt()).isPositive();
      assertThat(seen.get("violations")).isEmpty();
      assertThat(seen.at("/stats/http").asLong()).isPositive();
    }
    assertNobodyIsConnected();
  }

  @Test
  void theSameInAVideoOfThePage() {
    try (NodePeer browser = player("--mode", "inline", "--subtitles", "film.de.srt")) {
      JsonNode seen = browser.awaitDone(LIMIT);
      assertMediaElement(seen);
      assertThat(seen.get("cues").toString()).contains("Grüezi");
    }
  }

  /** Peers take part in a page of another origin that has a copy of the worker. */
  @Test
  void inlineWithTheSitesOwnWorker() {
    JsonNode played =
        embed(
            gateway,
            "--own-worker",
            "--src",
            infohash,
            "--path",
            FILM,
            "--play-ms",
            "4000",
            "--attributes",
            "autoplay muted mode=\"inline\" service-worker=\"/sw.js\" p2p=\"only\"");
    assertThat(played.get("currentTime").asDouble()).isGreaterThan(1);
    assertThat(played.at("/stats/http").asLong()).isZero();
    assertThat(played.get("controlled").asBoolean()).isTrue();
    assertThat(played.at("/stats/gateway").asLong()).as("over WebRTC").isPositive();
    assertThat(played.get("problems")).isEmpty();
  }

  /** Nothing over HTTP; and leaving the page ends its connections. */
  @Test
  void onlyPeers() {
    JsonNode played =
        embed(
            gateway,
            "--src",
            infohash,
            "--path",
            FILM,
            "--attributes",
            "autoplay muted p2p=\"only\"");
    assertThat(played.get("currentTime").asDouble()).isPositive();
    assertThat(played.at("/stats/http").asLong()).isZero();
    assertThat(played.at("/stats/gateway").asLong()).isPositive();
    assertNobodyIsConnected();
  }

  @Test
  void onlyPeersWhereThereCanBeNone() {
    JsonNode shown =
        embed(
            gateway,
            "--still",
            "--no-webrtc",
            "--src",
            infohash,
            "--attributes",
            "autoplay muted p2p=\"only\"");
    assertThat(shown.get("text").asText()).contains("Only peers may be used here");
    assertThat(shown.get("currentTime").asDouble()).isZero();
  }

  /** An open gateway fetches the torrent that the snippet names by a URL. */
  @Test
  void aTorrentByItsUrl() {
    try (GatewayProcess cold = GatewayProcess.in(namespace).serve("--open")) {
      JsonNode played = embed(cold, "--src", gateway.url() + "/torrents/" + infohash + ".torrent");
      assertThat(played.get("currentTime").asDouble()).isGreaterThan(0.5);
      assertThat(texts(played.get("events"))).contains("playing");
      assertThat(played.get("problems")).isEmpty();
    }
  }

  @Test
  void pagesMayRunNothingButTheirOwnScripts() {
    for (String page : List.of("/", "/embed/" + infohash, "/embed/torrent", "/sw.js")) {
      try (Curl curl = Curl.get(namespace, LIMIT, gateway.url() + page)) {
        String policy = curl.await(LIMIT).header("content-security-policy").orElseThrow();
        assertThat(policy)
            .as(page)
            .contains("default-src 'none'")
            .doesNotContain("unsafe")
            .doesNotContain("script-src *");
      }
    }
  }

  private static void assertMediaElement(JsonNode seen) {
    JsonNode steps = seen.get("steps");
    assertThat(steps.get("plays").asBoolean()).isTrue();
    assertThat(steps.get("duration").asDouble()).isGreaterThan(20);
    assertThat(steps.get("size").toString()).isEqualTo("[640,360]");
    assertThat(steps.get("sought").asBoolean()).isTrue();
    assertThat(steps.get("paused").asBoolean()).isTrue();
    assertThat(steps.get("set").toString()).isEqualTo("[0.25,1.5,true]");
    assertThat(steps.get("buffered").asBoolean()).isTrue();
    assertThat(texts(seen.get("phases"))).contains("playing", "paused");
    assertThat(seen.get("problems")).isEmpty();
  }

  /** The gateway sees within seconds that a viewer has gone. */
  private static void assertNobodyIsConnected() {
    Awaitility.await("the peers have gone")
        .atMost(Duration.ofSeconds(20))
        .until(() -> gateway.torrent(infohash).at("/peers/webrtc").asInt() == 0);
  }

  private static NodePeer player(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--gateway", gateway.url(), "--src", infohash));
    all.addAll(List.of("--path", FILM, "--screenshots", screenshots().toString()));
    all.addAll(List.of(arguments));
    return NodePeer.start(namespace, "browser-player.mjs", all.toArray(String[]::new));
  }

  private static JsonNode embed(GatewayProcess at, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--gateway", at.url()));
    all.addAll(List.of(arguments));
    try (NodePeer browser =
        NodePeer.start(namespace, "browser-embed.mjs", all.toArray(String[]::new))) {
      return browser.awaitDone(LIMIT);
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  private static Path screenshots() {
    try {
      return Files.createDirectories(Path.of("target", "screenshots")).toAbsolutePath();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A film with subtitles in both forms. */
  private static Path folder() {
    Path folder = Path.of("target", "test-media", "with subtitles");
    try {
      Files.createDirectories(folder);
      Files.copy(Media.clip(), folder.resolve("film.mp4"), StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(
          folder.resolve("film.de.srt"), "1\n00:00:00,000 --> 00:00:20,000\nGrüezi\n");
      Files.writeString(
          folder.resolve("film.en.vtt"), "WEBVTT\n\n00:00.000 --> 00:20.000\nHello there\n");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return folder;
  }
}
