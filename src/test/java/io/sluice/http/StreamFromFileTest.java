package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceFile;
import io.sluice.http.RawHttp.Response;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.metainfo.TorrentInfos;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.MemorySwarm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pieces that lie in a file and not in memory are sent from there, and every file is closed. */
@ExtendWith(LeakCheck.class)
final class StreamFromFileTest {

  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 256;
  private static final int LENGTH = PIECE * PIECES - 1000;
  private static final byte[] CONTENT = new byte[LENGTH];

  static {
    new Random(13).nextBytes(CONTENT);
  }

  private static final TorrentInfo INFO = TorrentInfos.single("film.mp4", PIECE, CONTENT);
  private static final String FILM = "/stream/" + INFO.infoHash() + "/film.mp4";

  @TempDir private Path folder;
  private final MemorySwarm swarm = new MemorySwarm(INFO, CONTENT, 4L * PIECE);
  private final StreamServer server =
      new StreamServer(StreamPolicy.ofFirstByteWait(Duration.ofSeconds(15)));
  private Path file = Path.of("");

  /** Everything has been loaded once, and is not in memory but for the last pieces. */
  @BeforeEach
  void loadAll() throws IOException {
    file = folder.resolve("film.mp4");
    Files.write(file, CONTENT);
    server.add(swarm);
    try (RawHttp http = new RawHttp(server.port())) {
      assertThat(http.get(FILM).body()).isEqualTo(bytes(0, LENGTH));
    }
    assertThat(swarm.loads()).isEqualTo(PIECES);
    swarm.lieIn(file);
  }

  @AfterEach
  void everyFileIsClosed() {
    assertThat(swarm.opened()).isNotEmpty();
    await().until(() -> swarm.opened().stream().noneMatch(each -> each.channel().isOpen()));
    server.close();
    swarm.close();
  }

  private static ByteBuffer bytes(int first, int length) {
    return ByteBuffer.wrap(CONTENT, first, length);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWholeFileAndRangesOnOneConnectionWithoutALoad(boolean atOnce) throws IOException {
    if (atOnce) {
      swarm.openAtOnce();
    }
    Random random = new Random(14);
    try (RawHttp http = new RawHttp(server.port())) {
      assertThat(http.get(FILM).body()).isEqualTo(bytes(0, LENGTH));
      for (int i = 0; i < 50; i++) {
        int first = random.nextInt(LENGTH);
        int length = 1 + random.nextInt(Math.min(LENGTH - first, 20 * PIECE));
        Response answer = http.get(FILM, "Range: bytes=%d-%d".formatted(first, first + length - 1));
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Length")).isEqualTo("" + length);
        assertThat(answer.all("Transfer-Encoding")).isEmpty();
        assertThat(answer.body()).isEqualTo(bytes(first, length));
      }
    }
    assertThat(swarm.loads()).isEqualTo(PIECES);
  }

  @Test
  void severalRangesInOneBody() throws IOException {
    try (RawHttp http = new RawHttp(server.port())) {
      Response answer = http.get(FILM, "Range: bytes=10-99,3000000-3199999");
      byte[] body = new byte[answer.body().remaining()];
      answer.body().duplicate().get(body);
      String text = new String(body, java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(text)
          .contains(latin(10, 90))
          .contains(latin(3_000_000, 200_000))
          .contains("Content-Range: bytes 3000000-3199999/" + LENGTH);
      assertThat(http.get(FILM, "Range: bytes=0-9").body()).isEqualTo(bytes(0, 10));
    }
  }

  private static String latin(int first, int length) {
    return new String(CONTENT, first, length, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatReadsNothingHoldsOneFileAndNoMemory(boolean atOnce) throws Exception {
    if (atOnce) {
      swarm.openAtOnce();
    }
    long before = Piece.liveBytes();
    try (RawHttp http = new RawHttp(server.port(), 64 * 1024)) {
      http.request("GET", FILM);
      await().until(() -> http.available() > 0);
      await().during(Duration.ofMillis(300)).until(() -> open().size() <= 1);
      assertThat(Piece.liveBytes()).isLessThanOrEqualTo(before);
      http.readHead();
      assertThat(ByteBuffer.wrap(http.readBody(LENGTH))).isEqualTo(bytes(0, LENGTH));
    }
  }

  private List<PieceFile> open() {
    return swarm.opened().stream().filter(each -> each.channel().isOpen()).toList();
  }

  @Test
  void aClientThatGoesAwayClosesTheFileAndTheWindow() throws IOException {
    for (boolean reset : new boolean[] {false, true}) {
      RawHttp http = new RawHttp(server.port(), 64 * 1024);
      http.request("GET", FILM);
      http.readHead();
      http.readBody(1000);
      await().until(() -> open().size() == 1); // The sockets are full.
      if (reset) {
        http.reset();
      } else {
        http.close();
      }
      await()
          .atMost(Duration.ofSeconds(1))
          .until(() -> swarm.windows().isEmpty() && open().isEmpty());
    }
  }

  @Test
  void aFileThatIsCutWhileItIsSentEndsTheConnection() throws IOException {
    try (RawHttp http = new RawHttp(server.port(), 64 * 1024)) {
      http.request("GET", FILM);
      http.readHead();
      http.readBody(1000);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
      assertThat(http.readToEnd().length).isLessThan(LENGTH - 1000);
    }
    await().until(() -> swarm.windows().isEmpty());
  }
}
