package io.sluice.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Gateways that others reach: the admin token, and what an open one gives to one address. */
final class AdmissionIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";
  private static final String TORRENTS = "/api/v1/torrents";

  private static Curl.Answer ask(Namespace namespace, String url, String... more) {
    try (Curl curl = Curl.start(namespace, url, more)) {
      return curl.await(LIMIT);
    }
  }

  /** The status of an attempt to add a torrent. */
  private static int add(Namespace namespace, String gateway, String... headers) {
    List<String> options =
        new ArrayList<>(List.of("--data", "{\"infohash\":\"%s\"}".formatted(HASH)));
    for (String header : headers) {
      options.addAll(List.of("--header", header));
    }
    options.addAll(List.of("--header", "Content-Type: application/json"));
    return ask(namespace, gateway + TORRENTS, options.toArray(String[]::new)).status();
  }

  private static String token(GatewayProcess gateway) {
    List<String> lines =
        gateway.output().stream().filter(line -> line.contains("admin token")).toList();
    assertThat(lines).hasSize(1);
    return lines.getFirst().replaceAll(".* is (\\S+) .*", "$1");
  }

  @Test
  void aPublicGatewayIsReadByAllAndChangedByItsOperator() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_HOST", "0.0.0.0")
                .onPort(9200)
                .serve("--public-url", "http://tube.example:9200")) {
      String url = "http://10.77.0.1:9200";
      String token = "Authorization: Bearer " + token(gateway);
      assertThat(add(namespace, url)).isEqualTo(401);
      assertThat(add(namespace, "http://127.0.0.1:9200")).as("nor from here").isEqualTo(401);
      assertThat(add(namespace, url, token + "x")).isEqualTo(401);
      assertThat(add(namespace, url, token, "Origin: https://elsewhere.example")).isEqualTo(403);
      assertThat(ask(namespace, url + TORRENTS).status()).isEqualTo(200);
      assertThat(ask(namespace, url + "/feed.json").status()).isEqualTo(200);
      assertThat(ask(namespace, url + TORRENTS, "--header", "Host: attacker.example").status())
          .isEqualTo(403);
      assertThat(ask(namespace, url + TORRENTS, "--header", "Host: tube.example:9200").status())
          .isEqualTo(200);
      assertThat(add(namespace, url, token)).isEqualTo(201);
      String one = url + TORRENTS + "/" + HASH;
      Curl.Answer refused = ask(namespace, one, "--request", "DELETE");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.header("WWW-Authenticate").orElse("")).startsWith("Bearer");
      assertThat(ask(namespace, one, "--request", "DELETE", "--header", token).status())
          .isEqualTo(204);
      gateway.stopCleanly();
    }
  }

  @Test
  void behindAProxyEverybodyIsAStranger() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_ADMIN_TOKEN", "named-by-the-operator")
                .serve("--public-url", "https://tube.example")) {
      assertThat(add(namespace, gateway.url())).isEqualTo(401);
      assertThat(add(namespace, gateway.url(), "Host: tube.example")).isEqualTo(401);
      assertThat(
              add(
                  namespace,
                  gateway.url(),
                  "Host: tube.example",
                  "Origin: https://tube.example",
                  "Authorization: Bearer named-by-the-operator"))
          .isEqualTo(201);
      assertThat(gateway.output()).noneMatch(line -> line.contains("named-by-the-operator"));
      gateway.stopCleanly();
    }
  }

  /** webtorrent in a browser asks so for the files of a torrent whose name has a percent sign. */
  @Test
  void preflightsOfPathsThatHaveYetToBeMendedAreAnswered() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway = GatewayProcess.in(namespace).serve()) {
      String url = gateway.url() + "/webseed/" + HASH + "/50%%20off/a&b.bin";
      assertThat(ask(namespace, url, "--request", "OPTIONS").status()).isEqualTo(204);
      assertThat(ask(namespace, url).status()).isEqualTo(404);
      assertThat(ask(namespace, url, "--header", "Host: attacker.example").status()).isEqualTo(403);
      gateway.stopCleanly();
    }
  }

  @Test
  void anOpenGatewayGivesEachAddressItsShare() {
    try (Namespace namespace = Namespace.create();
        GatewayProcess gateway =
            GatewayProcess.in(namespace)
                .with("SLUICE_OPEN_LIMITS_NEW_TORRENTS", "2")
                .with("SLUICE_OPEN_LIMITS_STREAMS", "1")
                .with("SLUICE_STREAM_WAIT", "4s")
                .serve("--open")) {
      String stream = gateway.url() + "/stream/" + "00".repeat(19);
      try (Curl first = Curl.start(namespace, stream + "01/x")) {
        gateway.awaitFirstTorrent(LIMIT);
        Curl.Answer second = ask(namespace, stream + "01/x");
        assertThat(second.status()).as("one stream at a time").isEqualTo(429);
        assertThat(second.header("Retry-After")).isPresent();
        assertThat(second.header("Access-Control-Allow-Origin")).contains("*");
        assertThat(first.await(LIMIT).status()).isEqualTo(503);
      }
      assertThat(ask(namespace, stream + "02/x").status()).isEqualTo(503);
      Curl.Answer third = ask(namespace, stream + "03/x");
      assertThat(third.status()).as("two new torrents a minute").isEqualTo(429);
      assertThat(Integer.parseInt(third.header("Retry-After").orElse("0"))).isBetween(1, 60);
      assertThat(ask(namespace, stream + "02/x").status()).as("known by now").isEqualTo(503);
      assertThat(gateway.api(TORRENTS)).hasSize(2);
      assertThat(gateway.api("/feed.json").get("items")).isEmpty();
      gateway.stopCleanly();
    }
  }
}
