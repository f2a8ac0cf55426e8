package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The web app in a browser, with a torrent whose names are made to do harm. */
final class WebAppIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final String SCRIPT = "<img src=x onerror=scripted=true>";

  @Test
  void hostileNamesAreTextAndAxeFindsNothing() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace).serve(hostileFolder().toAbsolutePath().toString())) {
      JsonNode torrent = gateway.awaitFirstTorrent(LIMIT);
      JsonNode seen =
          run(
              namespace,
              "browser-app.mjs",
              "--gateway",
              gateway.url(),
              "--screenshots",
              Path.of("target", "screenshots").toAbsolutePath().toString());
      assertThat(seen.get("scripted").asBoolean()).isFalse();
      assertThat(seen.get("violations")).isEmpty();
      assertThat(seen.get("problems")).isEmpty();
      assertThat(seen.get("requests")).as("the gateway alone").hasSize(1);
      assertThat(seen.get("wide").asInt()).as("no scrolling sideways").isEqualTo(390);
      assertThat(seen.get("files").toString())
          .contains("<b>bold<b> clip.mp4")
          .doesNotContain("\u202e");
      System.out.printf("the app was there after %d ms%n", seen.get("loadMs").asLong());

      String html =
          GatewayProcess.streamUrls(torrent).entrySet().stream()
              .filter(file -> file.getKey().endsWith("page.html"))
              .findFirst()
              .orElseThrow()
              .getValue();
      JsonNode hostile =
          run(
              namespace,
              "browser-hostile.mjs",
              "--gateway",
              gateway.url(),
              "--infohash",
              torrent.get("infohash").asText(),
              "--html",
              html);
      assertThat(hostile.get("honest").asInt()).as("there is something to hear").isPositive();
      assertThat(hostile.get("heard")).isEmpty();
      assertThat(hostile.get("liarHeard")).isEmpty();
      assertThat(hostile.get("appFramed").asBoolean()).isFalse();
      assertThat(hostile.get("ran").asBoolean()).isFalse();
      hostile.get("api").forEach(answer -> assertThat(answer.asText()).isEqualTo("refused"));
      assertThat(gateway.api("/api/v1/torrents")).hasSize(1);
      gateway.stopCleanly();
    }
  }

  /**
   * Where others than the owner reach the gateway, changes take its token, for which the page asks.
   */
  @Test
  void asksForTheAdminToken() {
    String magnet = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567";
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_ADMIN_TOKEN", "the-token-of-this-test")
                .serve("--host", "10.77.0.1")) {
      JsonNode seen =
          run(
              namespace,
              "browser-token.mjs",
              "--gateway",
              gateway.url(),
              "--token",
              "the-token-of-this-test",
              "--magnet",
              magnet,
              "--screenshot",
              Path.of("target", "screenshots", "token.png").toAbsolutePath().toString());
      assertThat(seen.get("why").asText()).contains("token");
      assertThat(seen.get("cancelled").asText()).isNotEmpty();
      assertThat(seen.get("wrong").asText()).isNotEmpty();
      assertThat(seen.get("added").asInt()).isEqualTo(1);
      assertThat(seen.get("asked").asInt()).isEqualTo(3);
      assertThat(seen.get("stays").asBoolean()).as("no further question").isTrue();
      assertThat(seen.get("violations")).isEmpty();
      assertThat(seen.get("problems")).isEmpty();
    }
  }

  private static JsonNode run(Place place, String script, String... arguments) {
    try (NodePeer browser = NodePeer.start(place, script, arguments)) {
      return browser.awaitDone(LIMIT);
    }
  }

  private static Path hostileFolder() {
    Path folder = Path.of("target", "test-media", SCRIPT);
    try {
      Files.createDirectories(folder);
      Files.createDirectories(Path.of("target", "screenshots"));
      Files.copy(
          Media.clip(),
          folder.resolve("a <b>bold<b> clip.mp4"),
          StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(
          folder.resolve("a <b>bold<b> clip.en.srt"),
          "1\n00:00:00,000 --> 00:00:20,000\n<script>scripted=true</script>Grüezi\n");
      Files.writeString(
          folder.resolve("page.html"),
          "<script>scripted=true;document.title='pwned'</script>hello");
      for (String name : List.of("gnp.\u202egpj.exe", "\u2066isolated\u2069.txt")) {
        Files.writeString(folder.resolve(name), name);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return folder;
  }
}
