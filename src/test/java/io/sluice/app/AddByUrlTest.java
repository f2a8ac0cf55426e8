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
import io.sluice.wire.InfoHash;
import jakarta.inject.Inject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
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

  private static ValidatableResponse addMagnet(String infohash, String... sources) {
    StringBuilder magnet = new StringBuilder("magnet:?xt=urn:btih:" + infohash);
    for (String source : sources) {
      magnet.append("&xs=").append(URLEncoder.encode(source, StandardCharsets.UTF_8));
    }
    return given()
        .contentType(ContentType.JSON)
        .body("{\"magnet\":\"%s\"}".formatted(magnet))
        .post("/api/v1/torrents")
        .then();
  }

  @Test
  void takesMetadataFromTheExactSourceOfAMagnet(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("other.mp4"), new byte[50_000]);
    Metainfo metainfo = TorrentBuilder.of(file).build((_, _) -> {}).metainfo();
    server.serve("/x.torrent", MetainfoWriter.write(metainfo));
    server.status("/gone", 404);
    String wanted = metainfo.info().infoHash().hex();
    String another = "00000000000000000000" + wanted.substring(20);
    addMagnet(another, server.url("/x.torrent").toString()).statusCode(201);
    addMagnet(wanted, server.url("/gone").toString(), server.url("/x.torrent").toString())
        .statusCode(201);
    Awaitility.await("its metadata")
        .until(() -> library.find(InfoHash.parse(wanted)).orElseThrow().summary().isPresent());
    assertThat(library.find(InfoHash.parse(another)).orElseThrow().summary())
        .as("what another torrent's file says")
        .isEmpty();
    assertThat(library.size()).isEqualTo(2);
  }
}
