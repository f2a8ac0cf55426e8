package io.sluice.transport.webseed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.metainfo.TorrentInfos.FileSpec;
import io.sluice.transport.RecordingListener;
import io.sluice.transport.webseed.ScriptedServer.Asked;
import io.sluice.wire.ExtendedHandshake;
import io.sluice.wire.ExtensionCodec;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessage.Block;
import io.sluice.wire.PeerMessage.RejectRequest;
import io.sluice.wire.PeerMessage.Request;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebSeedLinkTest {

  private static final int BLOCK = PeerMessage.BLOCK_BYTES;
  private static final int PIECE = 4 * BLOCK;
  private static final int PIECES = 8;
  private static final byte[] CONTENT = random(PIECES * PIECE - 5000);
  private static final TorrentInfo FILE = TorrentInfos.single("film.mp4", PIECE, CONTENT);
  private static final int DONT_HAVE_ID = 9;

  private final Vertx vertx = Vertx.vertx();
  private final ScriptedServer server = new ScriptedServer(vertx);
  private final List<String> resolved = new CopyOnWriteArrayList<>();
  private final WebSeedTransport transport =
      new WebSeedTransport(vertx, this::resolve, limits(), "Sluice-Test");
  private final RecordingListener heard = new RecordingListener();
  private final List<WebSeedEnd> ends = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    transport.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    assertThat(heard.violations()).isEmpty();
    assertThat(ends).hasSizeLessThanOrEqualTo(1);
  }

  private static WebSeedLimits limits() {
    WebSeedLimits usual = WebSeedLimits.DEFAULT;
    return new WebSeedLimits(
        2,
        usual.waitingRequests(),
        4 * PIECE,
        2 * BLOCK,
        BLOCK,
        3,
        usual.inboxBytes(),
        Duration.ofSeconds(5),
        Duration.ofMillis(500),
        usual.pause(),
        usual.longestPause());
  }

  private CompletableFuture<List<InetSocketAddress>> resolve(String host, int port) {
    resolved.add(host);
    return host.equals("127.0.0.1")
        ? CompletableFuture.completedFuture(
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
        : CompletableFuture.failedFuture(new RefusedHostException("not for you"));
  }

  @Test
  void neighbouringBlocksAreOneRange() {
    server.script(request -> ScriptedServer.serve(request, CONTENT));
    WebSeedLink link = open(FILE, "/film.mp4");
    assertThat(server.asked()).as("before anything is wanted").isEmpty();

    ask(link, blocks(0, 1));
    awaitBlocks(8);

    assertThat(server.asked()).containsExactly(new Asked("/film.mp4", 0, 2 * PIECE - 1));
    assertBlocksAreRight(FILE, CONTENT);
    assertThat(heard.messages().getFirst()).isEqualTo(new PeerMessage.HaveAll());
    assertThat(heard.messages()).contains(new PeerMessage.Unchoke());
  }

  @Test
  void theShortLastPieceAndAllOthersCome() {
    server.script(request -> ScriptedServer.serve(request, CONTENT));
    WebSeedLink link = open(FILE, "/film.mp4");
    ask(link, blocks(PIECES - 1, PIECES - 1));
    ask(link, blocks(0, PIECES - 2));
    awaitBlocks(PIECES * 4);
    assertBlocksAreRight(FILE, CONTENT);
  }

  @Test
  void rangesEndAtFilesAndPaddingIsNotAskedFor() {
    byte[] content = CONTENT.clone();
    Arrays.fill(content, 70_000, 2 * PIECE, (byte) 0);
    TorrentInfo folder =
        TorrentInfos.multi(
            "a b",
            PIECE,
            content,
            List.of(
                new FileSpec("50% off #1.bin", 70_000),
                new FileSpec(".pad/1", 2L * PIECE - 70_000, true),
                new FileSpec("größe/😀.bin", content.length - 2L * PIECE)));
    server.script(
        request ->
            ScriptedServer.serve(
                request,
                request.uri().contains("off")
                    ? Arrays.copyOf(content, 70_000)
                    : Arrays.copyOfRange(content, 2 * PIECE, content.length)));
    WebSeedLink link = open(folder, "/base");
    ask(link, blocks(0, 2));
    awaitBlocks(12);
    assertBlocksAreRight(folder, content);
    assertThat(server.asked())
        .containsExactly(
            new Asked("/base/a%20b/50%25%20off%20%231.bin", 0, 69_999),
            new Asked("/base/a%20b/gr%C3%B6%C3%9Fe/%F0%9F%98%80.bin", 0, PIECE - 1));
  }

  @Test
  void aLackingFileIsNoReasonToGiveUpTheOthers() {
    TorrentInfo folder =
        TorrentInfos.multi(
            "dir",
            PIECE,
            CONTENT,
            List.of(
                new FileSpec("here", 3L * PIECE + 100),
                new FileSpec("gone", CONTENT.length - 3L * PIECE - 100)));
    server.script(
        request -> {
          if (request.uri().endsWith("gone")) {
            answer(request, 404);
          } else {
            ScriptedServer.serve(request, Arrays.copyOf(CONTENT, 3 * PIECE + 100));
          }
        });
    WebSeedLink link = open(folder, "/");
    link.send(
        new PeerMessage.Extended(
            0,
            ExtensionCodec.encode(
                new ExtendedHandshake(
                    Map.of(ExtendedHandshake.LT_DONTHAVE, DONT_HAVE_ID),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    OptionalInt.empty()))));
    ask(link, blocks(2, 5));

    await().until(() -> rejected().size() == 12);
    assertThat(rejected()).extracting(RejectRequest::piece).containsOnly(3, 4, 5);
    awaitBlocks(4);
    assertThat(lacked()).containsExactly(3, 4, 5, 6, 7);
    ask(link, blocks(6, 6));
    await().until(() -> rejected().size() == 16);
    assertThat(ends).isEmpty();
  }

  @Test
  void aServerThatIsBusySaysForHowLong() {
    server.script(
        request -> {
          request.response().putHeader("Retry-After", "17");
          answer(request, 503);
        });
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isEqualTo(new WebSeedEnd.TryAgain(Duration.ofSeconds(17), "answers 503"));
    assertThat(heard.closedFor()).contains("answers 503");
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 403, 410, 416})
  void aServerWithoutTheOnlyFileIsHopeless(int status) {
    server.script(request -> answer(request, status));
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isEqualTo(new WebSeedEnd.Hopeless("answers " + status));
  }

  @Test
  void aFailingServerIsTriedAgain() {
    server.script(request -> answer(request, 500));
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isEqualTo(new WebSeedEnd.TryAgain(Duration.ZERO, "answers 500"));
  }

  @Test
  void wholeFilesAreGoodForTheirBeginning() {
    server.script(
        request -> {
          var _ = request.response().end(Buffer.buffer(CONTENT));
        });
    WebSeedLink link = open(FILE, "/film.mp4");
    ask(link, Stream.of(new Request(0, BLOCK, BLOCK)));
    awaitBlocks(1);
    assertBlocksAreRight(FILE, CONTENT);
    assertThat(ends).isEmpty();

    ask(link, Stream.of(new Request(0, 2 * BLOCK, BLOCK)));
    assertThat(end()).isEqualTo(new WebSeedEnd.Hopeless("ignores Range"));
  }

  @Test
  void aShortBodyIsNoPiece() {
    server.script(
        request -> {
          request
              .response()
              .setStatusCode(206)
              .putHeader("Content-Range", "bytes 0-%d/%d".formatted(PIECE - 1, CONTENT.length))
              .setChunked(true);
          var _ = request.response().end(Buffer.buffer(CONTENT).slice(0, BLOCK + 10));
        });
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isEqualTo(new WebSeedEnd.TryAgain(Duration.ZERO, "ends a body too early"));
    assertThat(received()).hasSize(1);
    assertBlocksAreRight(FILE, CONTENT);
  }

  @Test
  void anotherRangeIsAnotherFile() {
    server.script(
        request -> {
          request
              .response()
              .setStatusCode(206)
              .putHeader("Content-Range", "bytes 1-65536/" + CONTENT.length);
          var _ = request.response().end(Buffer.buffer(CONTENT).slice(1, 65537));
        });
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isEqualTo(new WebSeedEnd.Hopeless("sends another range than asked for"));
    assertThat(received()).isEmpty();
  }

  @Test
  void aSilentServerIsLeft() {
    server.script(request -> {});
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isEqualTo(new WebSeedEnd.TryAgain(Duration.ZERO, "the connection broke"));
  }

  @Test
  void redirectsAreFollowedAndCheckedEachTime() {
    server.script(
        request -> {
          if (request.uri().equals("/old")) {
            request.response().putHeader("Location", "new/film");
            answer(request, 302);
          } else {
            ScriptedServer.serve(request, CONTENT);
          }
        });
    ask(open(FILE, "/old"), Stream.of(new Request(0, 0, BLOCK)));
    awaitBlocks(1);
    assertThat(server.asked()).extracting(Asked::uri).containsExactly("/old", "/new/film");
    assertThat(resolved).containsExactly("127.0.0.1", "127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://10.0.0.1/film", "ftp://127.0.0.1/film", "http://user:pw@127.0.0.1/"})
  void redirectsToWhereWeMayNotGoAreNotFollowed(String location) {
    server.script(
        request -> {
          request.response().putHeader("Location", location);
          answer(request, 307);
        });
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isInstanceOf(WebSeedEnd.Hopeless.class);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void redirectsInACircleEnd() {
    server.script(
        request -> {
          request.response().putHeader("Location", "/film.mp4");
          answer(request, 301);
        });
    ask(open(FILE, "/film.mp4"), blocks(0, 0));
    assertThat(end()).isEqualTo(new WebSeedEnd.Hopeless("redirects to nowhere"));
    assertThat(server.asked()).hasSize(4);
  }

  @Test
  void aHostThatMayNotBeContactedIsHopeless() {
    WebSeedLink link =
        transport.open(FILE, new WebSeedUrl(URI.create("http://10.1.2.3/film")), ends::add);
    link.start(heard);
    ask(link, Stream.of(new Request(0, 0, BLOCK)));
    assertThat(end()).isEqualTo(new WebSeedEnd.Hopeless("10.1.2.3: not for you"));
  }

  @Test
  void cancelledBlocksAreNotDelivered() {
    CompletableFuture<Void> release = new CompletableFuture<>();
    server.script(
        request -> {
          var _ = release.thenRun(() -> ScriptedServer.serve(request, CONTENT));
        });
    WebSeedLink link = open(FILE, "/film.mp4");
    ask(link, blocks(0, 0));
    await().until(() -> !server.asked().isEmpty());
    link.send(new PeerMessage.Cancel(0, BLOCK, BLOCK));
    await().until(() -> rejected().size() == 1);
    release.complete(null);
    awaitBlocks(3);
    assertThat(received()).extracting(Block::begin).containsExactly(0, 2 * BLOCK, 3 * BLOCK);
    assertBlocksAreRight(FILE, CONTENT);
  }

  @Test
  void whatNobodyWantsAnyMoreGivesItsConnectionBack() {
    server.script(
        request -> {
          // Those of piece 0 and 4 hang.
          if (ScriptedServer.firstOf(request) == 6 * PIECE) {
            ScriptedServer.serve(request, CONTENT);
          }
        });
    WebSeedLink link = open(FILE, "/film.mp4");
    ask(link, blocks(0, 0));
    ask(link, blocks(4, 4));
    await().until(() -> server.asked().size() == 2);
    ask(link, blocks(6, 6));
    blocks(0, 0)
        .map(each -> new PeerMessage.Cancel(each.piece(), each.begin(), each.length()))
        .forEach(link::send);
    awaitBlocks(4);
    assertThat(received()).extracting(Block::piece).containsOnly(6);
  }

  @Test
  void nonsenseIsRejectedAndNothingIsAskedAfterTheEnd() {
    WebSeedLink link = open(FILE, "/film.mp4");
    link.send(new Request(PIECES, 0, BLOCK));
    link.send(new Request(0, PIECE, BLOCK));
    await().until(() -> rejected().size() == 2);
    link.close("over");
    assertThat(end()).isEqualTo(new WebSeedEnd.TryAgain(Duration.ZERO, "over"));
    assertThat(link.send(new Request(0, 0, BLOCK))).isFalse();
    assertThat(server.asked()).isEmpty();
  }

  // ---- helpers -------------------------------------------------------------------------------

  private WebSeedLink open(TorrentInfo info, String path) {
    WebSeedLink link =
        transport.open(info, new WebSeedUrl(URI.create(server.url(path))), ends::add);
    link.start(heard);
    return link;
  }

  private static void answer(HttpServerRequest request, int status) {
    var _ = request.response().setStatusCode(status).end();
  }

  private static Stream<Request> blocks(int firstPiece, int lastPiece) {
    return IntStream.rangeClosed(firstPiece, lastPiece)
        .boxed()
        .flatMap(
            piece ->
                IntStream.range(0, FILE.geometry().blocksOf(piece))
                    .mapToObj(
                        block ->
                            new Request(
                                piece,
                                FILE.geometry().blockBegin(block),
                                FILE.geometry().blockBytes(piece, block))));
  }

  /** In one go. */
  private static void ask(WebSeedLink link, Stream<Request> requests) {
    requests.forEach(link::send);
    link.flush();
  }

  private List<Block> received() {
    return messages(Block.class);
  }

  private List<RejectRequest> rejected() {
    return messages(RejectRequest.class);
  }

  private List<Integer> lacked() {
    return messages(PeerMessage.Extended.class).stream()
        .filter(said -> said.id() == DONT_HAVE_ID)
        .map(said -> ExtensionCodec.decodeDontHave(said.payload()))
        .toList();
  }

  private <T extends PeerMessage> List<T> messages(Class<T> type) {
    return heard.messages().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private void awaitBlocks(int count) {
    await().until(() -> received().size() >= count || !ends.isEmpty());
    assertThat(ends).isEmpty();
    assertThat(received()).hasSize(count);
  }

  private WebSeedEnd end() {
    await().until(() -> !ends.isEmpty());
    return ends.getFirst();
  }

  private void assertBlocksAreRight(TorrentInfo info, byte[] content) {
    for (Block block : received()) {
      int from = (int) info.geometry().offsetOf(block.piece()) + block.begin();
      assertThat(block.bytes())
          .isEqualTo(ByteBuffer.wrap(content, from, block.bytes().remaining()));
    }
  }

  private static byte[] random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(3).nextBytes(content);
    return content;
  }
}
