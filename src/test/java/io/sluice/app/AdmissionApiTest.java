package io.sluice.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.TorrentSource;
import io.sluice.wire.InfoHash;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages elsewhere at the door of a gateway that listens on loopback. */
@QuarkusTest
final class AdmissionApiTest {

  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";
  private static final String TORRENTS = "/api/v1/torrents";
  private static final String BODY = "{\"infohash\":\"%s\"}".formatted(HASH);

  @Inject
  @SuppressWarnings("NullAway.Init") // Quarkus fills it.
  Library library;

  @TestHTTPResource
  @SuppressWarnings("NullAway.Init") // Quarkus fills it.
  URL gateway;

  @AfterEach
  void forgetAll() {
    library.list().stream().map(KnownTorrent::infoHash).forEach(library::remove);
  }

  /** The status line of a request with the very lines given; RestAssured would mend some. */
  private String raw(String... lines) throws IOException {
    try (Socket socket = new Socket(gateway.getHost(), gateway.getPort())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      byte[] head = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return new String(head, StandardCharsets.ISO_8859_1).substring("HTTP/1.1 ".length());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/index.html",
        TORRENTS,
        "/api/v1/events",
        "/api/v1/torrents/" + HASH,
        "/stream/" + HASH + "/x",
        "/webseed/" + HASH + "/x",
        "/torrents/" + HASH + ".torrent",
        "/embed/" + HASH,
        "/announce",
        "/q/metrics",
        "/nothing"
      })
  void reboundNamesGetNothing(String path) throws IOException {
    assertThat(raw("GET " + path + " HTTP/1.1", "Host: attacker.example:" + gateway.getPort()))
        .isEqualTo("403");
    assertThat(
            raw(
                "GET " + path + " HTTP/1.1",
                "Host: localhost:" + gateway.getPort(),
                "Host: attacker.example"))
        .isEqualTo("400");
  }

  @Test
  void reboundNamesChangeNothing() throws IOException {
    library.add(TorrentSource.of(InfoHash.parse(HASH)));
    String host = "Host: attacker.example:" + gateway.getPort();
    String origin = "Origin: http://attacker.example:" + gateway.getPort();
    assertThat(raw("DELETE " + TORRENTS + "/" + HASH + " HTTP/1.1", host, origin)).isEqualTo("403");
    assertThat(library.size()).isOne();
  }

  @Test
  void theSameRequestsUnderOurNamesAreAnswered() throws IOException {
    String host = "Host: localhost:" + gateway.getPort();
    assertThat(raw("GET " + TORRENTS + " HTTP/1.1", host)).isEqualTo("200");
    assertThat(raw("GET / HTTP/1.1", host)).isEqualTo("200");
    assertThat(raw("GET " + TORRENTS + " HTTP/1.0")).isEqualTo("200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {TORRENTS, "//api/v1/torrents", "/api;x=y/v1/torrents", "/%61pi/v1/torrents"})
  void pagesElsewhereReadNothingHoweverTheyWriteThePath(String path) throws IOException {
    String host = "Host: localhost:" + gateway.getPort();
    assertThat(raw("GET " + path + " HTTP/1.1", host, "Sec-Fetch-Site: cross-site"))
        .isIn("403", "404");
    assertThat(raw("GET " + path + " HTTP/1.1", host, "Origin: https://elsewhere.example"))
        .isIn("403", "404");
  }

  @Test
  void formsOfPagesElsewhereChangeNothing() {
    given()
        .header("Origin", "https://elsewhere.example")
        .multiPart("torrent", "x.torrent", new byte[] {1})
        .post(TORRENTS)
        .then()
        .statusCode(403)
        .contentType("application/problem+json")
        .body("detail", containsString("other origins"));
    for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded"}) {
      given()
          .header("Sec-Fetch-Site", "cross-site")
          .header("Sec-Fetch-Mode", "navigate")
          .contentType(type)
          .body(BODY)
          .post(TORRENTS)
          .then()
          .statusCode(403);
    }
    when().get(TORRENTS).then().body("", empty());
  }

  @Test
  void preflightsOfPagesElsewhereAreNotAnswered() {
    given()
        .header("Origin", "https://elsewhere.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type")
        .options(TORRENTS)
        .then()
        .statusCode(403)
        .header("Access-Control-Allow-Origin", (String) null);
  }

  @Test
  void ourOwnPageMayDoAll() {
    String origin = "http://localhost:" + gateway.getPort();
    given()
        .header("Host", "localhost:" + gateway.getPort())
        .header("Origin", origin)
        .header("Sec-Fetch-Site", "same-origin")
        .contentType(ContentType.JSON)
        .body(BODY)
        .post(TORRENTS)
        .then()
        .statusCode(201);
  }

  @Test
  void whoComesThroughAProxyThatNobodySpokeOfChangesNothing() {
    given()
        .header("X-Forwarded-For", "198.51.100.7")
        .contentType(ContentType.JSON)
        .body(BODY)
        .post(TORRENTS)
        .then()
        .statusCode(403)
        .body("detail", containsString("sluice.public-url"));
  }

  @Test
  void ourPageIsInNobodysFrame() {
    when().get("/").then().statusCode(200).header("X-Frame-Options", "SAMEORIGIN");
  }
}
