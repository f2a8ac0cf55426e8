package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/embedding.md play, as they stand there. */
final class EmbeddingDocIT {

  private static final Duration LIMIT = Duration.ofSeconds(100);
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```html\\n(.*?)```");

  @Test
  void everyExamplePlays() throws IOException {
    List<String> examples =
        EXAMPLE
            .matcher(Files.readString(Path.of("docs", "embedding.md")))
            .results()
            .map((MatchResult found) -> found.group(1))
            .toList();
    assertThat(examples).hasSizeGreaterThanOrEqualTo(4);
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace).serve(Media.clip().toAbsolutePath().toString())) {
      String infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
      for (String example : examples) {
        Path document = Files.createTempFile(Path.of("target"), "example", ".html");
        Files.writeString(
            document,
            "<!doctype html><meta charset=\"utf-8\"><title>example</title>"
                + "<link rel=\"icon\" href=\"data:,\">"
                + example
                    .replace("https://gateway.example", gateway.url())
                    .replace("dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c", infohash));
        try (NodePeer browser =
            NodePeer.start(
                namespace,
                "browser-embed.mjs",
                "--gateway",
                gateway.url(),
                "--document",
                document.toAbsolutePath().toString())) {
          JsonNode played = browser.awaitDone(LIMIT);
          assertThat(played.get("currentTime").asDouble()).as(example).isGreaterThan(0.5);
          assertThat(played.get("problems")).as(example).isEmpty();
        }
        Files.delete(document);
      }
      gateway.stopCleanly();
    }
  }
}
