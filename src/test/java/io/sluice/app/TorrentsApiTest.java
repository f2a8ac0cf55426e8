package io.sluice.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentBuilder;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JSON API as its callers see it. */
@QuarkusTest
final class TorrentsApiTest {

  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";
  private static final String URL = "/api/v1/torrents";

  @Inject
  @SuppressWarnings("NullAway.Init") // Quarkus fills it.
  Library library;

  @AfterEach
  void forgetAll() {
    library.list().stream().map(KnownTorrent::infoHash).forEach(library::remove);
  }

  private static RequestSpecification json(String body) {
    return given().contentType(ContentType.JSON).body(body);
  }

  @Test
  void takesWebSeedsAndOnlyThose() {
    String body = "{\"infohash\":\"%s\",\"webSeeds\":[\"%s\"]}";
    json(body.formatted(HASH, "http://mirror.test/files/")).post(URL).then().statusCode(201);
    for (String wrong : new String[] {"ftp://mirror.test/", "http://a b", "https://u:p@h/", "x"}) {
      json(body.formatted(HASH, wrong))
          .post(URL)
          .then()
          .statusCode(400)
          .contentType("application/problem+json")
          .body("detail", containsString("no web seed"));
    }
  }

  @Test
  void takesAPolicyWhenItIsSaid() {
    String body = "{\"infohash\":\"%s\"%s}";
    String kept = ",\"policy\":\"kept\"";
    json(body.formatted(HASH, "")).post(URL).then().body("policy", equalTo("cached"));
    json(body.formatted(HASH, kept))
        .post(URL)
        .then()
        .statusCode(200)
        .body("policy", equalTo("kept"));
    json(body.formatted(HASH, "")).post(URL).then().body("policy", equalTo("kept"));
    when().get(URL + "/" + HASH).then().body("policy", equalTo("kept"));
    json(body.formatted(HASH, ",\"policy\":\"cached\""))
        .post(URL)
        .then()
        .body("policy", equalTo("cached"));
    for (String wrong : new String[] {"seeded", "KEPT", ""}) {
      problem(
          400, json(body.formatted(HASH, ",\"policy\":\"%s\"".formatted(wrong))).post(URL).then());
    }
  }

  @Test
  void addsAMagnetLinkOnce() {
    String body = "{\"magnet\":\"magnet:?xt=urn:btih:%s&dn=A+name\"}".formatted(HASH);
    json(body)
        .post(URL)
        .then()
        .statusCode(201)
        .header("Location", containsString(URL + "/" + HASH))
        .body("infohash", equalTo(HASH))
        .body("name", equalTo("A name"))
        .body("phase", equalTo("metadata"))
        .body("progress", equalTo(0.0F))
        .body("length", equalTo(0))
        .body("files", empty())
        .body("peers.webrtc", equalTo(0))
        .body("magnet", startsWith("magnet:?xt=urn:btih:" + HASH))
        .body("magnet", containsString("announce"));
    json(body).post(URL).then().statusCode(200).body("infohash", equalTo(HASH));
    when().get(URL).then().statusCode(200).body("infohash", hasItem(HASH));
    when().get(URL + "/" + HASH.toUpperCase(java.util.Locale.ROOT)).then().statusCode(200);
  }

  @Test
  void addsAnInfohashInBase32() {
    json("{\"infohash\":\"AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH\"}")
        .post(URL)
        .then()
        .statusCode(201)
        .body("infohash", equalTo(HASH));
  }

  @Test
  void addsATorrentFile(@TempDir Path folder) throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("a film.mp4"), new byte[100_000]);
    Metainfo metainfo = TorrentBuilder.of(file).build((_, _) -> {}).metainfo();
    String hash = metainfo.info().infoHash().hex();
    given()
        .multiPart("torrent", "x.torrent", MetainfoWriter.write(metainfo))
        .post(URL)
        .then()
        .statusCode(201)
        .body("phase", equalTo("ready"))
        .body("length", equalTo(100_000))
        .body("files", hasSize(1))
        .body("files[0].path", equalTo("a film.mp4"))
        .body("files[0].length", equalTo(100_000))
        .body("files[0].mediaType", equalTo("video/mp4"))
        .body("files[0].streamUrl", containsString("/stream/" + hash + "/a%20film.mp4"))
        .body("files[0].webSeedUrl", containsString("/webseed/" + hash + "/a%20film.mp4"));
    when()
        .get(URL + "/" + hash + "/pieces")
        .then()
        .statusCode(200)
        .body("held", equalTo(0))
        .body("states", not(containsString("h")));
    when().get(URL + "/" + hash + "/peers").then().statusCode(200).body("", empty());
  }

  @Test
  void removes() {
    json("{\"infohash\":\"%s\"}".formatted(HASH)).post(URL).then().statusCode(201);
    when().delete(URL + "/" + HASH).then().statusCode(204);
    problem(404, when().get(URL + "/" + HASH).then());
    problem(404, when().delete(URL + "/" + HASH).then());
  }

  @Test
  void answersBadInputWithOneProblemAndChangesNothing() {
    problem(400, json("{\"magnet\":\"magnet:?xt=urn:btih:xyz\"}").post(URL).then());
    problem(400, json("{\"magnet\":\"http://example.org/\"}").post(URL).then());
    problem(400, json("{\"infohash\":\"12\"}").post(URL).then());
    problem(400, json("{\"infohash\":\"%s\",\"magnet\":\"x\"}".formatted(HASH)).post(URL).then());
    problem(400, json("{}").post(URL).then());
    problem(400, json("null").post(URL).then());
    problem(400, json("{\"infohash\":").post(URL).then());
    problem(400, json("[1]").post(URL).then());
    problem(415, given().contentType("text/plain").body("x").post(URL).then());
    problem(400, given().multiPart("torrent", "x", new byte[] {1, 2, 3}).post(URL).then());
    problem(400, given().multiPart("other", "x", new byte[] {1}).post(URL).then());
    problem(400, when().get(URL + "/nonsense").then());
    problem(404, when().get(URL + "/" + HASH).then());
    problem(404, when().get("/api/v1/nothing").then());
    when().get(URL).then().body("", empty());
  }

  @Test
  void refusesPagesOfOtherOrigins() {
    String body = "{\"infohash\":\"%s\"}".formatted(HASH);
    problem(403, json(body).header("Origin", "https://elsewhere.example").post(URL).then());
    problem(403, json(body).header("Origin", "null").post(URL).then());
    when().get(URL).then().body("", empty());
  }

  @Test
  void describesItself() {
    when()
        .get("/q/openapi?format=json")
        .then()
        .statusCode(200)
        .body("paths.'/api/v1/torrents'.post.responses.'201'.description", containsString("Added"))
        .body("paths.'/api/v1/torrents/{infohash}'.get", not(equalTo(null)));
    when()
        .get("/q/health")
        .then()
        .statusCode(200)
        .body("checks.find { it.name == 'webrtc' }.status", equalTo("UP"));
    when().get("/q/metrics").then().statusCode(200).body(containsString("sluice_torrents"));
  }

  private static void problem(int status, io.restassured.response.ValidatableResponse response) {
    response
        .statusCode(status)
        .contentType("application/problem+json")
        .body("status", equalTo(status))
        .body("title", not(equalTo(null)))
        .body("detail", not(equalTo(null)));
  }
}
