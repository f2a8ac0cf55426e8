package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A page of another origin that embeds a player by the one line of the snippet, and each way in
 * which the browser may lack something.
 */
final class EmbedIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);

  private static Namespace namespace;
  private static GatewayProcess gateway;
  private static String infohash;

  @BeforeAll
  static void start() {
    namespace = Namespace.create();
    gateway = GatewayProcess.in(namespace).serve(Media.clip().toAbsolutePath().toString());
    infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    namespace.close();
  }

  @Test
  void oneLinePlaysFromAColdTorrent() {
    try (NodePeer tracker = NodePeer.tracker(namespace);
        NodePeer seeder =
            NodePeer.seeder(namespace, Media.clip(), tracker.ready().get("ws").asText());
        GatewayProcess cold = GatewayProcess.in(namespace).serve("--open")) {
      String magnet = seeder.ready().get("magnet").asText();
      JsonNode played = embed(cold, "--src", magnet.replace("&", "&amp;"));
      assertPlayed(played);
      assertThat(played.at("/element/duration").asDouble()).isGreaterThan(20);
      assertThat(played.at("/element/videoWidth").asInt()).isEqualTo(640);
      assertThat(texts(played.get("events"))).contains("loadedmetadata", "playing", "timeupdate");
      assertThat(phases(played)).contains("playing");
      assertThat(played.get("requests"))
          .as("the page's own origin and the gateway, and no third party")
          .hasSize(2);
      assertThat(played.get("problems")).isEmpty();
      cold.stopCleanly();
    }
  }

  /** A gateway that is not open to all is not filled by whoever frames its player. */
  @Test
  void aFrameDoesNotAddTorrents() {
    String unknown = "0123456789abcdef0123456789abcdef01234567";
    JsonNode shown = embed(gateway, "--still", "--src", unknown);
    assertThat(shown.get("text").asText()).contains("does not have the torrent");
    assertThat(phases(shown)).contains("error");
    assertThat(gateway.api("/api/v1/torrents")).hasSize(1);
  }

  @Test
  void peersTakeOverWhereTheyCan() {
    JsonNode played = embed(gateway, "--src", infohash);
    assertPlayed(played);
    assertThat(played.get("controlled").asBoolean()).isTrue();
    assertThat(played.at("/connections/made").asInt()).isPositive().isLessThanOrEqualTo(16);
  }

  @Test
  void withoutWebrtc() {
    JsonNode played = embed(gateway, "--no-webrtc", "--src", infohash);
    assertPlayed(played);
    assertThat(played.get("text").asText()).contains("No WebRTC");
  }

  @Test
  void withoutServiceWorkers() {
    JsonNode played = embed(gateway, "--no-workers", "--src", infohash);
    assertPlayed(played);
    assertAlone(played, "No service worker");
  }

  @Test
  void withStorageBlocked() {
    JsonNode played = embed(gateway, "--no-storage", "--src", infohash);
    assertPlayed(played);
    assertAlone(played, "No service worker");
  }

  /** A frame without an origin of its own has neither storage nor workers, nor the API. */
  @Test
  void inASandbox() {
    JsonNode played = embed(gateway, "--sandbox", "--src", infohash);
    assertPlayed(played);
    assertThat(played.get("text").asText()).contains("No service worker");
    assertThat(played.at("/connections/made").asInt()).isZero();
  }

  @Test
  void withDataSaver() {
    JsonNode played = embed(gateway, "--save-data", "--src", infohash);
    assertPlayed(played);
    assertAlone(played, "Data saver");
  }

  @Test
  void withSharingOff() {
    JsonNode played =
        embed(gateway, "--src", infohash, "--attributes", "autoplay muted p2p=\"off\"");
    assertPlayed(played);
    assertAlone(played, "Sharing off");
  }

  @Test
  void intoAVideoOfThePageItself() {
    JsonNode played =
        embed(gateway, "--src", infohash, "--attributes", "autoplay muted mode=\"inline\"");
    assertPlayed(played);
    assertThat(played.get("src").asText()).startsWith(gateway.url() + "/stream/" + infohash);
    assertThat(texts(played.get("events"))).contains("playing");
  }

  @Test
  void fromAnotherSite() {
    assertPlayed(embed(gateway, "--cross-site", "--src", infohash));
  }

  @Test
  void aFileThatTheBrowserCannotPlay() {
    Path notAFilm = Media.named("not a film.mp4", 100_000, 21);
    try (GatewayProcess other =
        GatewayProcess.in(namespace).serve(notAFilm.toAbsolutePath().toString())) {
      String hash = other.awaitFirstTorrent(LIMIT).get("infohash").asText();
      JsonNode shown = embed(other, "--still", "--play-ms", "4000", "--src", hash);
      assertThat(shown.get("text").asText())
          .contains("cannot play this video/mp4 file")
          .contains("Open in another player");
      assertThat(phases(shown)).contains("error");
    }
  }

  private static JsonNode embed(GatewayProcess at, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--gateway", at.url()));
    all.addAll(List.of(arguments));
    try (NodePeer browser =
        NodePeer.start(namespace, "browser-embed.mjs", all.toArray(String[]::new))) {
      return browser.awaitDone(LIMIT);
    }
  }

  private static void assertPlayed(JsonNode played) {
    assertThat(played.get("currentTime").asDouble()).isGreaterThan(0.5);
    assertThat(played.get("frames").asInt()).isGreaterThan(5);
    System.out.printf("first frame after %d ms%n", played.get("firstFrameMs").asLong());
  }

  /** It says why, and has made no connection. */
  private static void assertAlone(JsonNode played, String why) {
    assertThat(played.get("text").asText()).contains(why + ": from the gateway alone");
    assertThat(played.at("/connections/made").asInt()).isZero();
    assertThat(played.get("problems")).isEmpty();
  }

  private static List<String> phases(JsonNode played) {
    return played.get("phases").findValuesAsText("phase");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }
}
