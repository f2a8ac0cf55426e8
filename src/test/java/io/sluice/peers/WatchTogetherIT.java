package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Three tabs watch one film, one after the other; then the gateway is gone. */
final class WatchTogetherIT {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void laterViewersDrawFromEarlierOnesAndOutliveTheGateway() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace).serve(Media.film().toAbsolutePath().toString())) {
      String infohash = gateway.awaitFirstTorrent(LIMIT).get("infohash").asText();
      try (NodePeer browser =
          NodePeer.start(
              namespace,
              "browser-tabs.mjs",
              "--gateway",
              gateway.url(),
              "--src",
              infohash,
              "--path",
              Media.film().getFileName().toString(),
              "--kill",
              String.valueOf(gateway.pid()))) {
        JsonNode done = browser.awaitDone(LIMIT);
        JsonNode tabs = done.get("tabs");
        for (int later = 1; later < 3; later++) {
          JsonNode tab = tabs.get(later);
          System.out.printf(
              "tab %d: %.0f %% from other viewers, %d bytes over HTTP, %d from the gateway%n",
              later + 1,
              tab.get("offload").asDouble() * 100,
              tab.get("http").asLong(),
              tab.get("gateway").asLong());
          assertThat(tab.get("offload").asDouble()).isGreaterThan(0.5);
          assertThat(tab.get("connections").asInt()).isPositive();
        }
        assertThat(tabs.get(0).get("uploaded").asLong()).isGreaterThan(1_000_000);
        tabs.forEach(tab -> assertThat(tab.get("open").asInt()).isLessThanOrEqualTo(24));
        // what it had buffered lasts for some seconds: it has to come further than that
        double before = tabs.get(2).get("currentTime").asDouble();
        double after = done.get("after").get(2).get("currentTime").asDouble();
        long peersAfter = done.get("after").get(2).get("peers").asLong();
        assertThat(after - before).isGreaterThan(6);
        assertThat(peersAfter).isGreaterThan(tabs.get(2).get("peers").asLong());
        assertThat(ProcessHandle.of(gateway.pid()).filter(ProcessHandle::isAlive)).isEmpty();
      }
    }
  }
}
