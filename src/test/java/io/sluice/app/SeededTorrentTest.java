package io.sluice.app;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoReader;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of this machine that is seeded, and every URL under which it can be had. */
@QuarkusTest
@SuppressWarnings("NullAway.Init") // Quarkus and JUnit fill the fields.
final class SeededTorrentTest {

  private static final String FILM = "a%20folder/a%20film.mp4";

  @Inject Library library;
  @Inject SourceLoader loader;

  @TempDir Path parent;

  private byte[] film;
  private KnownTorrent torrent;
  private String hash;

  @BeforeEach
  void seed() throws Exception {
    Path folder = Files.createDirectory(parent.resolve("a folder"));
    film = new byte[700_000];
    new Random(1).nextBytes(film);
    Files.write(folder.resolve("a film.mp4"), film);
    Files.writeString(folder.resolve("notes.txt"), "notes");
    torrent = loader.load(Source.parse(folder.toString()), _ -> {});
    hash = torrent.infoHash().hex();
  }

  @AfterEach
  void forget() {
    library.remove(torrent.infoHash());
  }

  /** For URLs that are percent-encoded already. */
  private static RequestSpecification asWritten() {
    return given().urlEncodingEnabled(false);
  }

  @Test
  void streamsItsFiles() {
    assertThat(asWritten().get("/stream/" + hash + "/" + FILM).asByteArray()).isEqualTo(film);
    byte[] part =
        asWritten()
            .header("Range", "bytes=300000-300999")
            .get("/webseed/" + hash + "/" + FILM)
            .then()
            .statusCode(206)
            .header("Content-Range", equalTo("bytes 300000-300999/700000"))
            .extract()
            .asByteArray();
    assertThat(part).isEqualTo(Arrays.copyOfRange(film, 300_000, 301_000));
    given()
        .redirects()
        .follow(false)
        .get("/stream/" + hash)
        .then()
        .statusCode(307)
        .header("Location", containsString("/stream/" + hash + "/" + FILM))
        .header("Access-Control-Allow-Origin", equalTo("*"));
  }

  @Test
  void givesItsMetainfoWithTrackerAndWebSeed() {
    byte[] file =
        when()
            .get("/torrents/" + hash + ".torrent")
            .then()
            .statusCode(200)
            .contentType("application/x-bittorrent")
            .header("Access-Control-Allow-Origin", equalTo("*"))
            .extract()
            .asByteArray();
    Metainfo metainfo = MetainfoReader.read(file);
    assertThat(metainfo.info().infoHash()).isEqualTo(torrent.infoHash());
    assertThat(metainfo.trackers().getFirst().getFirst().toString())
        .startsWith("ws://")
        .endsWith("/announce");
    assertThat(metainfo.webSeeds().getFirst().toString()).endsWith("/webseed/" + hash + "/");
  }

  @Test
  void listsItsPlayableFilesInAPlaylist() {
    when()
        .get("/torrents/" + hash + ".m3u")
        .then()
        .statusCode(200)
        .body(containsString("#EXTM3U\n#EXTINF:-1,a film.mp4\nhttp://"))
        .body(containsString("/stream/" + hash + "/" + FILM + "\n"))
        .body(not(containsString("notes.txt")));
  }

  @Test
  void showsAPlayerThatAnySiteMayFrame() {
    when()
        .get("/embed/" + hash)
        .then()
        .statusCode(200)
        .contentType("text/html")
        .header("Content-Security-Policy", containsString("frame-ancestors *"))
        .body(containsString("/assets/player-"));
    asWritten().get("/embed/" + hash + "/" + FILM).then().statusCode(200);
    when().get("/sw.js").then().statusCode(200).header("Cache-Control", "no-cache");
    when().get("/embed.js").then().statusCode(200).body(containsString("sluice-player"));
  }

  @Test
  void answersWhatItLacksWithAProblemThatPagesMayRead() {
    for (String url :
        new String[] {
          "/stream/" + hash + "/none",
          "/webseed/" + hash + "/none",
          "/torrents/0000000000000000000000000000000000000000.torrent",
          "/stream/0000000000000000000000000000000000000000/x"
        }) {
      when()
          .get(url)
          .then()
          .statusCode(404)
          .contentType("application/problem+json")
          .header("Access-Control-Allow-Origin", equalTo("*"));
    }
    when().get("/torrents/xyz.torrent").then().statusCode(400);
    when().delete("/torrents/" + hash + ".torrent").then().statusCode(405);
  }
}
