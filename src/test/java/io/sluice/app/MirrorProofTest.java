package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.sluice.discovery.AddressPolicy;
import io.sluice.metainfo.TorrentBuilder;
import io.sluice.metainfo.TorrentInfo;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors that hold a folder, and mirrors that only say so. */
final class MirrorProofTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final HostileServer server = HostileServer.start();
  private final CheckedFetch fetch = new CheckedFetch(vertx, AddressPolicy.of(true));
  private final MirrorProof proof = new MirrorProof(fetch, new Random(7));

  @AfterEach
  void close() throws Exception {
    fetch.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** A folder whose pieces lie across files, at a web seed that does to bytes what it is told. */
  private TorrentInfo published(UnaryOperator<byte[]> asItIsServed) throws Exception {
    Path films = Files.createDirectories(folder.resolve("films"));
    byte[] all = new byte[100_000];
    new Random(1).nextBytes(all);
    for (int i = 0; i < 5; i++) {
      Files.write(
          films.resolve("film " + i), Arrays.copyOfRange(all, i * 20_000, (i + 1) * 20_000));
    }
    TorrentInfo info =
        TorrentBuilder.of(films).withPieceBytes(32 * 1024).build((_, _) -> {}).metainfo().info();
    server.on(
        "/webseed/" + info.infoHash().hex() + "/films/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          byte[] file =
              Files.readAllBytes(films.resolve(path.substring(path.lastIndexOf('/') + 1)));
          String[] range =
              exchange
                  .getRequestHeaders()
                  .getFirst("Range")
                  .substring("bytes=".length())
                  .split("-", 2);
          byte[] part =
              Arrays.copyOfRange(file, Integer.parseInt(range[0]), Integer.parseInt(range[1]) + 1);
          send(exchange, asItIsServed.apply(part));
        });
    return info;
  }

  private static void send(HttpExchange exchange, byte[] part) throws IOException {
    HostileServer.send(exchange, 206, part);
  }

  private URI mirror() {
    return URI.create(server.url("/").toString().replaceFirst("/$", ""));
  }

  @Test
  void believesTheRightBytes() throws Exception {
    TorrentInfo info = published(part -> part);
    for (int i = 0; i < 20; i++) {
      assertThatCode(() -> proof.ask(mirror(), info)).doesNotThrowAnyException();
    }
  }

  @Test
  void believesNoOther() throws Exception {
    TorrentInfo info =
        published(
            part -> {
              part[part.length / 2] ^= 1;
              return part;
            });
    assertThatThrownBy(() -> proof.ask(mirror(), info)).hasMessageContaining("wrong bytes");
  }

  @Test
  void takesNoMoreThanItAskedFor() throws Exception {
    TorrentInfo info = published(part -> new byte[part.length + 1]);
    assertThatThrownBy(() -> proof.ask(mirror(), info)).isInstanceOf(FetchException.class);
  }

  @Test
  void takesNoPageForAPiece() throws Exception {
    TorrentInfo info = published(part -> part);
    server.status("/webseed/" + info.infoHash().hex() + "/films/", 200);
    assertThatThrownBy(() -> proof.ask(mirror(), info)).hasMessageContaining("answers 200");
  }
}
