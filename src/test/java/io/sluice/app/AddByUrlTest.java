package io.sluice.app;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.sluice.library.KnownTorrent;
import io.sluice.library.Library;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentBuilder;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Torrents that are added by the URL of their file. */
@QuarkusTest
final class AddByUrlTest {

  private final HostileServer server = HostileServer.start();

  @Inject
  @SuppressWarnings("NullAway.Init") // Quarkus fills it.
  Library library;

  @AfterEach
  void forgetAll() {
    server.close();
    library.list().stream().map(KnownTorrent::infoHash).forEach(library::remove);
  }

  private static ValidatableResponse add(String url) {
    return given()
        .contentType(ContentType.JSON)
        .body("{\"url\":\"%s\"}".formatted(url))
        .post("/api/v1/torrents")
        .then();
  }

  @Test
  void addsATorrentByItsUrl(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("film.mp4"), new byte[70_000]);
    Metainfo metainfo = TorrentBuilder.of(file).build((_, _) -> {}).metainfo();
    server.serve("/film.torrent", MetainfoWriter.write(metainfo));
    String url = server.url("/film.torrent").toString();
    add(url)
        .statusCode(201)
        .body("infohash", equalTo(metainfo.info().infoHash().hex()))
        .body("phase", equalTo("ready"));
    add(url).statusCode(200);
  }

  @Test
  void answersWhatIsNoTorrentWithOneProblem() {
    server.serve("/page", "<html>".getBytes(HostileServer.ASCII));
    server.status("/gone", 404);
    add(server.url("/page").toString())
        .statusCode(400)
        .contentType("application/problem+json")
        .body("detail", containsString("no torrent"));
    add(server.url("/gone").toString())
        .statusCode(502)
        .body("detail", containsString("answers 404"));
    add("ftp://example.org/x").statusCode(400).body("detail", containsString("http"));
    add("http://a b").statusCode(400).body("detail", containsString("no URL"));
    assertThat(library.size()).isZero();
  }
}
