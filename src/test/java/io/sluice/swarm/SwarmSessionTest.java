package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.cache.Piece;
import io.sluice.cache.PieceUnavailableException;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.TestTorrents;
import io.sluice.transport.MemoryLink;
import io.sluice.transport.PeerLink;
import io.sluice.wire.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
@Timeout(60)
final class SwarmSessionTest {

  private static final byte[] CONTENT = content(5_000_000);
  private static final TorrentInfo TORRENT =
      TestTorrents.singleFile("film.mp4", CONTENT, 64 * 1024).info();

  private static byte[] content(int bytes) {
    byte[] content = new byte[bytes];
    new Random(42).nextBytes(content);
    return content;
  }

  private static byte[] range(int first, int last) {
    return Arrays.copyOfRange(CONTENT, first, last + 1);
  }

  @Test
  void aMagnetBecomesATorrentAndIsRead() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.magnet(TORRENT)) {
      assertThat(gateway.session.info()).isEmpty();
      assertThat(gateway.session.status().phase()).isEqualTo(SwarmStatus.Phase.METADATA);
      gateway.connect(seeder);
      TorrentInfo info = gateway.session.metadata().get(10, TimeUnit.SECONDS);
      assertThat(info.name()).isEqualTo("film.mp4");
      assertThat(gateway.read(1_000_000, 1_999_999)).isEqualTo(range(1_000_000, 1_999_999));
      assertThat(gateway.session.status().phase()).isEqualTo(SwarmStatus.Phase.READY);
      await().until(() -> gateway.heard.contains("metadata"));
      await().until(() -> gateway.session.peers().getFirst().client().equals(Client.NAME));
    }
  }

  @Test
  void nothingIsFetchedThatNobodyWants() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.leecher(TORRENT, 64 << 20)) {
      gateway.connect(seeder);
      await().until(() -> gateway.session.peers().size() == 1);
      assertThat(gateway.read(4_900_000, 4_999_999)).isEqualTo(range(4_900_000, 4_999_999));
      await().until(() -> gateway.session.pieces().getLast() == PieceState.HELD);
      await().until(() -> gateway.session.status().readers() == 0);
      assertThat(gateway.session.status().downloaded()).isBetween(100_000L, 300_000L);
      assertThat(gateway.session.pieces().getFirst()).isEqualTo(PieceState.MISSING);
    }
  }

  @Test
  void keptWholeItIsFetchedWithoutReaders() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.leecher(TORRENT, 64 << 20)) {
      gateway.session.keepWhole(true);
      await().until(() -> gateway.heard.contains("needs peers"));
      gateway.connect(seeder);
      await().until(() -> gateway.heard.contains("completed"));
      await().until(() -> gateway.session.status().heldBytes() == CONTENT.length);
    }
  }

  @Test
  void manyReadersShareTheLoads() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.leecher(TORRENT, 64 << 20);
        var readers = Executors.newVirtualThreadPerTaskExecutor()) {
      gateway.connect(seeder);
      List<CompletableFuture<byte[]>> reads = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int from = i * 300_000;
        reads.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return gateway.read(from, CONTENT.length - 1);
                  } catch (Exception failed) {
                    throw new AssertionError(failed);
                  }
                },
                readers));
      }
      List<byte[]> results = Gateway.all(reads);
      for (int i = 0; i < 10; i++) {
        assertThat(results.get(i)).isEqualTo(range(i * 300_000, CONTENT.length - 1));
      }
      await()
          .untilAsserted(
              () -> assertThat(gateway.session.status().heldBytes()).isEqualTo(CONTENT.length));
      assertThat(gateway.session.status().downloaded()).isEqualTo(CONTENT.length);
    }
  }

  @Test
  void aSmallMemoryIsEnoughForALongFile() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.leecher(TORRENT, 1 << 20)) {
      gateway.connect(seeder);
      assertThat(gateway.read(0, CONTENT.length - 1)).isEqualTo(CONTENT);
      assertThat(gateway.read(0, 500_000)).isEqualTo(range(0, 500_000));
      assertThat(gateway.store.memoryBytes()).isLessThanOrEqualTo(1 << 20);
      await().until(() -> gateway.session.pieces().contains(PieceState.MISSING));
    }
  }

  @Test
  void piecesCrossFromOneNetworkToTheOtherThroughASmallMemory() {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway between = Gateway.leecher(TORRENT, 512 << 10);
        Gateway browser = Gateway.leecher(TORRENT, 64 << 20)) {
      browser.session.keepWhole(true);
      between.connect(seeder, PeerLink.Kind.TCP);
      between.connect(browser, PeerLink.Kind.WEBRTC);
      await()
          .atMost(Duration.ofSeconds(50))
          .until(() -> browser.session.status().heldBytes() == CONTENT.length);
      assertThat(between.session.status().downloaded()).isGreaterThanOrEqualTo(CONTENT.length);
      assertThat(between.session.status().wasted()).isZero();
      assertThat(between.store.memoryBytes()).isLessThanOrEqualTo(512 << 10);
    }
  }

  @Test
  void aReaderWaitsWhileTheSeederIsGone() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.leecher(TORRENT, 64 << 20)) {
      MemoryLink link = gateway.connect(seeder);
      assertThat(gateway.read(0, 65_535)).isEqualTo(range(0, 65_535));
      link.cut();
      await().until(() -> gateway.session.peers().isEmpty());
      try (SwarmReader reader = gateway.session.read(4_000_000, 4_999_999)) {
        CompletableFuture<Piece> last = reader.piece(76);
        await().until(() -> gateway.heard.contains("needs peers"));
        assertThat(last).isNotDone();
        gateway.connect(seeder);
        Piece piece = last.get(20, TimeUnit.SECONDS);
        assertThat(piece.bytes().get(0)).isEqualTo(CONTENT[76 * 65_536]);
        piece.release();
      }
    }
  }

  @Test
  void aReaderThatGivesUpDisturbsNobody() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.leecher(TORRENT, 64 << 20);
        SwarmReader patient = gateway.session.read(0, 1_000_000)) {
      SwarmReader impatient = gateway.session.read(0, 1_000_000);
      CompletableFuture<Piece> given = impatient.piece(3);
      CompletableFuture<Piece> kept = patient.piece(3);
      given.cancel(true);
      impatient.close();
      gateway.connect(seeder);
      Piece piece = kept.get(20, TimeUnit.SECONDS);
      assertThat(piece.length()).isEqualTo(65_536);
      piece.release();
      assertThatThrownBy(() -> impatient.piece(4).get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(PieceUnavailableException.class);
    }
  }

  @Test
  void closingFailsWhoeverWaits() throws Exception {
    Gateway gateway = Gateway.leecher(TORRENT, 64 << 20);
    Gateway magnet = Gateway.magnet(TORRENT);
    SwarmReader reader = gateway.session.read(0, 1_000_000);
    CompletableFuture<Piece> waiting = reader.piece(3);
    CompletableFuture<TorrentInfo> metadata = magnet.session.metadata();
    gateway.close();
    magnet.close();
    assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(PieceUnavailableException.class);
    assertThatThrownBy(() -> metadata.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(PieceUnavailableException.class);
    assertThatThrownBy(() -> gateway.session.read(0, 10))
        .isInstanceOf(PieceUnavailableException.class);
  }

  @Test
  void closingInFullFlowLeavesNothingBehind() throws Exception {
    Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
    Gateway gateway = Gateway.leecher(TORRENT, 64 << 20);
    gateway.session.keepWhole(true);
    gateway.connect(seeder);
    await().until(() -> gateway.session.status().downloaded() > 0);
    gateway.close();
    await().atMost(Duration.ofSeconds(10)).until(() -> seeder.session.peers().isEmpty());
    seeder.close();
  }

  @Test
  void aCallersContinuationDoesNotRunInTheSwarm() throws Exception {
    try (Gateway seeder = Gateway.seeder(TORRENT, CONTENT);
        Gateway gateway = Gateway.leecher(TORRENT, 64 << 20);
        SwarmReader reader = gateway.session.read(0, 1_000_000)) {
      CompletableFuture<String> thread =
          reader
              .piece(3)
              .thenApply(
                  piece -> {
                    piece.release();
                    return Thread.currentThread().getName();
                  });
      gateway.connect(seeder);
      assertThat(thread.get(20, TimeUnit.SECONDS)).doesNotContain("sluice-swarm");
    }
  }
}
