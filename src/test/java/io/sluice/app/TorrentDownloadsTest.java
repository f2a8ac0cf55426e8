package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.discovery.AddressPolicy;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.MetainfoException;
import io.sluice.metainfo.MetainfoWriter;
import io.sluice.metainfo.TorrentBuilder;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Torrents from web servers, of which some mean no good. */
final class TorrentDownloadsTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final HostileServer SERVER = HostileServer.start();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  static Path folder;

  private static byte[] torrent = new byte[0];

  private final List<String> resolved = new CopyOnWriteArrayList<>();

  /** The server's own address counts as public here, and all others as private. */
  private final CheckedFetch fetch =
      new CheckedFetch(
          VERTX,
          (host, port) -> {
            resolved.add(host);
            return host.equals("127.0.0.1")
                ? AddressPolicy.of(true).resolve(host, port)
                : CompletableFuture.completedStage(
                    new AddressPolicy.Verdict.Refused("private address"));
          });

  private final TorrentDownloads downloads = new TorrentDownloads(fetch);

  @BeforeAll
  static void publish() throws Exception {
    Path file = Files.write(folder.resolve("a.bin"), new byte[50_000]);
    Metainfo metainfo = TorrentBuilder.of(file).build((_, _) -> {}).metainfo();
    torrent = MetainfoWriter.write(metainfo);
    SERVER.serve("/good.torrent", torrent);
    SERVER.redirect("/moved", "/good.torrent");
    SERVER.redirect("/round", "/round");
    SERVER.redirect("/inside", "http://10.0.0.1/secret.torrent");
    SERVER.redirect("/file", "file:///etc/passwd");
    SERVER.serve("/page", "<!doctype html><title>Sign in</title>".getBytes(HostileServer.ASCII));
    SERVER.serve("/empty", new byte[0]);
    SERVER.endless("/endless");
    SERVER.slow("/slow");
    SERVER.promise("/huge", 1L << 40);
    SERVER.status("/gone", 410);
  }

  @AfterEach
  void close() {
    fetch.close();
  }

  @AfterAll
  static void stop() throws Exception {
    SERVER.close();
    VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private void refuses(String path, FetchException.Kind kind, String words) {
    refuses(SERVER.url(path), kind, words);
  }

  private void refuses(URI url, FetchException.Kind kind, String words) {
    assertThatThrownBy(() -> downloads.load(url))
        .isInstanceOfSatisfying(
            FetchException.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
        .hasMessageContaining(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void fetchesATorrent() throws Exception {
    assertThat(MetainfoWriter.write(downloads.load(SERVER.url("/good.torrent"))))
        .isEqualTo(torrent);
  }

  @Test
  void followsARedirectAndLooksAtItsHostAnew() throws Exception {
    assertThat(MetainfoWriter.write(downloads.load(SERVER.url("/moved")))).isEqualTo(torrent);
    assertThat(resolved).hasSize(2);
  }

  @Test
  void followsNobodyIntoThePrivateNetwork() {
    refuses("/inside", FetchException.Kind.REFUSED, "10.0.0.1: private address");
    refuses(URI.create("http://192.168.1.1/x"), FetchException.Kind.REFUSED, "private address");
  }

  @Test
  void speaksNothingButHttp() {
    refuses(URI.create("file:///etc/passwd"), FetchException.Kind.REFUSED, "not an http");
    refuses(URI.create("ftp://127.0.0.1/x"), FetchException.Kind.REFUSED, "not an http");
    refuses(URI.create("http://u:p@127.0.0.1/x"), FetchException.Kind.REFUSED, "credentials");
    refuses("/file", FetchException.Kind.REFUSED, "not an http");
  }

  @Test
  void doesNotGoRoundInCircles() {
    refuses("/round", FetchException.Kind.REFUSED, "redirects to nowhere");
  }

  @Test
  void takesNoMoreThanATorrentMayHave() {
    refuses("/endless", FetchException.Kind.REFUSED, "more than");
    refuses("/huge", FetchException.Kind.REFUSED, "more than");
  }

  @Test
  void waitsNoLongerThanItSays() {
    assertThatThrownBy(
            () ->
                fetch.get(
                    new CheckedFetch.Question(
                        SERVER.url("/slow"), Map.of(), 1000, Duration.ofMillis(300))))
        .isInstanceOfSatisfying(
            FetchException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FetchException.Kind.LATE));
  }

  @Test
  void saysWhatIsNoTorrent() {
    refuses("/gone", FetchException.Kind.FAILED, "answers 410");
    assertThatThrownBy(() -> downloads.load(SERVER.url("/page")))
        .isInstanceOf(MetainfoException.class);
    assertThatThrownBy(() -> downloads.load(SERVER.url("/empty")))
        .isInstanceOf(MetainfoException.class);
  }

  @Test
  void saysThatNobodyIsThere() throws Exception {
    int port;
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    refuses(
        URI.create("http://127.0.0.1:" + port + "/x"), FetchException.Kind.FAILED, "no connection");
  }
}
