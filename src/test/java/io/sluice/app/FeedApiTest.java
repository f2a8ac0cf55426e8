package io.sluice.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.library.TorrentSource;
import io.sluice.metainfo.MetainfoReader;
import io.sluice.wire.InfoHash;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The library as a feed. */
@QuarkusTest
final class FeedApiTest {

  private static final String FEED = "/feed.json";

  @Inject
  @SuppressWarnings("NullAway.Init") // Quarkus fills it.
  Library library;

  @AfterEach
  void forgetAll() {
    library.list().stream().map(KnownTorrent::infoHash).forEach(library::remove);
  }

  /** A torrent of five bytes; its infohash. */
  private String add(String name, boolean isPrivate) {
    String file =
        "d4:infod6:lengthi5e4:name%d:%s12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa%see"
            .formatted(name.length(), name, isPrivate ? "7:privatei1e" : "");
    return library
        .add(TorrentSource.of(MetainfoReader.read(file.getBytes(StandardCharsets.US_ASCII))))
        .torrent()
        .infoHash()
        .hex();
  }

  @Test
  void publishesWhatIsPublicAndKnown() {
    String open = add("film.mp4", false);
    String secret = add("secret.mp4", true);
    library.add(TorrentSource.of(InfoHash.parse("ab".repeat(20))));
    when()
        .get(FEED)
        .then()
        .statusCode(200)
        .contentType("application/feed+json")
        .header("X-Content-Type-Options", "nosniff")
        .header("Access-Control-Allow-Origin", nullValue())
        .body("version", equalTo("https://jsonfeed.org/version/1.1"))
        .body("feed_url", endsWith(FEED))
        .body("_sluice.mirrors", endsWith("/api/v1/mirrors"))
        .body("next_url", nullValue())
        .body("items.size()", equalTo(1))
        .body("items.id", not(hasItem(secret)))
        .body("items[0].id", equalTo(open))
        .body("items[0].title", equalTo("film.mp4"))
        .body("items[0].content_text", containsString("film.mp4"))
        .body("items[0].date_published", containsString("T"))
        .body("items[0].attachments[0].mime_type", equalTo("application/x-bittorrent"))
        .body("items[0].attachments[0].url", endsWith("/torrents/" + open + ".torrent"))
        .body("items[0]._sluice.length", equalTo(5))
        .body("items[0]._sluice.pieceLength", equalTo(16384))
        .body("items[0]._sluice.policy", equalTo("cached"))
        .body("items[0]._sluice.views", equalTo(0))
        .body("items[0]._sluice.complete", equalTo(false))
        .body("items[0]._sluice.webSeed", containsString("/webseed/" + open + "/film.mp4"));
    Response feed = when().get(FEED);
    int size = feed.path("items[0].attachments[0].size_in_bytes");
    assertThat(when().get("/torrents/" + open + ".torrent").asByteArray()).hasSize(size);
  }

  @Test
  void answersWhoHasItAlreadyWithoutIt() {
    add("a", false);
    String entityTag = when().get(FEED).header("ETag");
    assertThat(entityTag).startsWith("\"");
    given().header("If-None-Match", entityTag).get(FEED).then().statusCode(304);
    add("b", false);
    given().header("If-None-Match", entityTag).get(FEED).then().statusCode(200);
  }

  @Test
  void pagesStayTheSameWhileTorrentsCome() {
    List<String> added = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      added.add(add("t" + i, false));
    }
    List<String> seen = new ArrayList<>();
    String next = FEED + "?limit=2";
    int late = 0;
    while (next != null) {
      Response page = when().get(next);
      page.then().statusCode(200);
      seen.addAll(page.path("items.id"));
      add("late" + late++, false);
      next = page.path("next_url");
    }
    assertThat(seen).hasSize(5).containsExactlyInAnyOrderElementsOf(added);
    assertThat(late).isEqualTo(3);
  }

  @Test
  void refusesWhatIsNoPage() {
    for (String query : List.of("before=x", "before=5-12", "before=-", "limit=0", "limit=x")) {
      when().get(FEED + "?" + query).then().statusCode(400).contentType("application/problem+json");
    }
  }

  @Test
  void isNotForPagesElsewhere() {
    given().header("Sec-Fetch-Site", "cross-site").get(FEED).then().statusCode(403);
    given().header("Origin", "https://elsewhere.example").get(FEED).then().statusCode(403);
  }

  @Test
  void takesOffersOfMirrorsThatTheOperatorNamed() {
    given()
        .contentType("application/json")
        .body("{\"url\":\"http://mirror.example/\"}")
        .post("/api/v1/mirrors")
        .then()
        .statusCode(403);
    given()
        .contentType("application/json")
        .body("{}")
        .post("/api/v1/mirrors")
        .then()
        .statusCode(400);
    when().get("/api/v1/mirrors").then().statusCode(200).body("mirrors.size()", equalTo(0));
  }
}
