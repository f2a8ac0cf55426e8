package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.discovery.AddressPolicy;
import io.sluice.library.MirrorTable;
import io.sluice.metainfo.Metainfo;
import io.sluice.metainfo.TorrentBuilder;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.wire.InfoHash;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an origin makes of its mirrors. */
final class KnownMirrorsTest {

  private static final Duration INTERVAL = Duration.ofMinutes(10);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit fills it.
  Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final HostileServer mirror = HostileServer.start();
  private final CheckedFetch fetch = new CheckedFetch(vertx, AddressPolicy.of(true));
  private final SetClock clock = new SetClock();
  private final Map<InfoHash, TorrentInfo> torrents = new HashMap<>();
  private final MirrorTable table = new MirrorTable();
  private final byte[] content = new byte[40_000];

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private Metainfo metainfo;

  @BeforeEach
  void publish() throws Exception {
    new Random(3).nextBytes(content);
    Path file = Files.write(folder.resolve("film.mp4"), content);
    metainfo = TorrentBuilder.of(file).withPieceBytes(16 * 1024).build((_, _) -> {}).metainfo();
    torrents.put(metainfo.info().infoHash(), metainfo.info());
  }

  @AfterEach
  void close() throws Exception {
    fetch.close();
    mirror.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private KnownMirrors accepting(URI... urls) {
    return new KnownMirrors(
        List.of(urls),
        new FeedReader(fetch),
        new MirrorProof(fetch, new Random(5)),
        new KnownMirrors.Ours() {
          @Override
          public boolean has(InfoHash infoHash) {
            return torrents.containsKey(infoHash);
          }

          @Override
          public Optional<TorrentInfo> info(InfoHash infoHash) {
            return Optional.ofNullable(torrents.get(infoHash));
          }
        },
        table,
        INTERVAL,
        clock);
  }

  private void feed(boolean complete) {
    mirror.serve(
        "/feed.json",
        "{\"items\":[{\"id\":\"%s\",\"_sluice\":{\"complete\":%s,\"mirrorOf\":\"x\"}}]}"
            .formatted(metainfo.info().infoHash().hex(), complete)
            .getBytes(HostileServer.ASCII));
  }

  /** The web seed's URL, which gives these bytes. */
  private URI webSeed(byte[] bytes) {
    String path = "/webseed/" + metainfo.info().infoHash().hex() + "/film.mp4";
    mirror.on(
        path,
        exchange -> {
          String[] range =
              exchange
                  .getRequestHeaders()
                  .getFirst("Range")
                  .substring("bytes=".length())
                  .split("-", 2);
          int first = Integer.parseInt(range[0]);
          byte[] part = new byte[Integer.parseInt(range[1]) + 1 - first];
          System.arraycopy(bytes, first, part, 0, part.length);
          HostileServer.send(exchange, 206, part);
        });
    return mirror.url(path);
  }

  private List<URI> listed() {
    return table.of(metainfo.info().infoHash());
  }

  @Test
  void listsAMirrorThatGivesTheRightBytesAndDropsItWhenItIsGone() throws Exception {
    feed(true);
    URI webSeed = webSeed(content);
    KnownMirrors mirrors = accepting(mirror.url("/"));
    mirrors.turn();
    assertThat(listed()).containsExactly(webSeed);
    assertThat(mirrors.known().getFirst().torrents()).isOne();
    mirror.status("/feed.json", 500);
    clock.pass(INTERVAL);
    mirrors.turn();
    assertThat(listed()).as("it may just start anew").hasSize(1);
    clock.pass(INTERVAL.dividedBy(4));
    mirrors.turn();
    assertThat(listed()).isEmpty();
    assertThat(mirrors.known().getFirst().problem()).isNotEmpty();
    feed(true);
    clock.pass(INTERVAL);
    mirrors.turn();
    assertThat(listed()).containsExactly(webSeed);
  }

  @Test
  void listsNoneThatGivesOtherBytes() throws Exception {
    feed(true);
    webSeed(new byte[content.length]);
    accepting(mirror.url("/")).turn();
    assertThat(listed()).isEmpty();
  }

  @Test
  void dropsOneThatGivesOtherBytesLater() throws Exception {
    feed(true);
    webSeed(content);
    KnownMirrors mirrors = accepting(mirror.url("/"));
    mirrors.turn();
    assertThat(listed()).hasSize(1);
    webSeed(new byte[content.length]);
    clock.pass(INTERVAL);
    mirrors.turn();
    assertThat(listed()).isEmpty();
  }

  @Test
  void listsNoneThatHasOnlyAPartOrNoFeed() throws Exception {
    feed(false);
    webSeed(content);
    KnownMirrors mirrors = accepting(mirror.url("/"));
    mirrors.turn();
    assertThat(listed()).isEmpty();
    mirror.endless("/feed.json");
    clock.pass(INTERVAL);
    mirrors.turn();
    assertThat(listed()).isEmpty();
  }

  @Test
  void forgetsWhatIsNoLongerOurs() throws Exception {
    feed(true);
    webSeed(content);
    KnownMirrors mirrors = accepting(mirror.url("/"));
    mirrors.turn();
    torrents.remove(metainfo.info().infoHash());
    clock.pass(INTERVAL);
    mirrors.turn();
    assertThat(listed()).isEmpty();
  }

  @Test
  void anOfferMovesTheCheckForward() throws Exception {
    feed(false);
    webSeed(content);
    KnownMirrors mirrors = accepting(mirror.url("/"));
    mirrors.turn();
    feed(true);
    clock.pass(Duration.ofSeconds(10));
    mirrors.turn();
    assertThat(listed()).as("not due yet").isEmpty();
    assertThat(mirrors.offered(mirror.url("/"))).isTrue();
    mirrors.turn();
    assertThat(listed()).hasSize(1);
    int before = mirror.asked().size();
    assertThat(mirrors.offered(mirror.url(""))).isTrue();
    mirrors.turn();
    assertThat(mirror.asked()).as("but not as often as somebody likes").hasSize(before);
  }

  @ParameterizedTest
  @CsvSource({
    "https://m.example, true",
    "https://m.example/, true",
    "HTTPS://M.EXAMPLE:443//, true",
    "http://m.example, false",
    "https://m.example:8443, false",
    "https://m.example.attacker.example, false",
    "https://m.example/elsewhere, false",
    "https://attacker.example/?https://m.example, false",
    "https://m.example@attacker.example, false",
    "x, false"
  })
  void takesOffersOfTheMirrorsThatAreAcceptedAlone(String url, boolean accepted) {
    KnownMirrors mirrors = accepting(URI.create("https://m.example/"));
    assertThat(mirrors.offered(URI.create(url))).isEqualTo(accepted);
  }
}
