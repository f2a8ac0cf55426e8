package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cache.Piece;
import io.sluice.metainfo.TorrentInfo;
import io.sluice.testing.LeakCheck;
import io.sluice.testing.TestTorrents;
import io.sluice.wire.PeerMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
final class PieceWorkshopTest {

  private static final int BLOCK = PeerMessage.BLOCK_BYTES;
  private static final int STEP = PieceInMaking.STEP_BYTES / BLOCK;
  private static final int BLOCKS = 3 * STEP;

  /** Two pieces of whole steps, and a last one that ends within its second block. */
  private static final byte[] CONTENT = content(2 * BLOCKS * BLOCK + BLOCK + 100);

  private static final TorrentInfo TORRENT =
      TestTorrents.singleFile("film.mp4", CONTENT, BLOCKS * BLOCK).info();

  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private final Mailbox mailbox = new Mailbox();
  private PieceWorkshop workshop = workshop(waiting::add);

  private PieceWorkshop workshop(Executor hashing) {
    PieceWorkshop made = new PieceWorkshop(TORRENT.infoHash(), hashing, mailbox);
    made.know(TORRENT);
    return made;
  }

  private static byte[] content(int bytes) {
    byte[] content = new byte[bytes];
    new Random(7).nextBytes(content);
    return content;
  }

  @AfterEach
  void close() {
    workshop.close();
  }

  private void write(int piece, int block) {
    int length = TORRENT.geometry().blockBytes(piece, block);
    int at = piece * BLOCKS * BLOCK + block * BLOCK;
    workshop.write(new Effect.Write(piece, block * BLOCK, ByteBuffer.wrap(CONTENT, at, length)));
  }

  private void writeAll(int piece, int from, int to) {
    for (int block = from; block < to; block++) {
      write(piece, block);
    }
  }

  private void writeWrong(int piece, int block) {
    workshop.write(new Effect.Write(piece, block * BLOCK, ByteBuffer.allocate(BLOCK)));
  }

  private Event.@Nullable Hashed here(int piece, boolean digests) {
    return (Event.Hashed) workshop.hash(new Effect.Hash(piece, digests)).orElse(null);
  }

  private void runWaiting() {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  private List<Event.Hashed> posted() {
    List<Event.Hashed> all = new ArrayList<>();
    for (Mail mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
      all.add((Event.Hashed) ((Mail.ForCore) mail).event());
    }
    return all;
  }

  @Test
  void aPieceIsHashedInStepsWhileItsBlocksCome() {
    writeAll(0, 0, STEP - 1);
    assertThat(waiting).isEmpty();
    write(0, STEP - 1);
    assertThat(waiting).hasSize(1);
    runWaiting();
    writeAll(0, STEP, BLOCKS - 1);
    assertThat(waiting).hasSize(1);
    runWaiting();
    assertThat(posted()).isEmpty();

    write(0, BLOCKS - 1);
    assertThat(here(0, false)).isNull();
    runWaiting();

    assertThat(posted())
        .singleElement()
        .satisfies(
            hashed -> {
              assertThat(hashed.piece()).isZero();
              assertThat(hashed.intact()).isTrue();
              assertThat(hashed.digests()).isEmpty();
            });
  }

  @Test
  void aStepThatIsLateTakesWhatHasComeMeanwhile() {
    writeAll(0, 0, BLOCKS);
    assertThat(here(0, false)).isNull();
    assertThat(waiting).hasSize(1);
    runWaiting();
    assertThat(posted()).extracting(Event.Hashed::intact).containsExactly(true);
  }

  @Test
  void nothingIsHashedBeyondAGap() {
    writeAll(0, 1, BLOCKS);
    assertThat(waiting).isEmpty();
    write(0, 0);
    assertThat(here(0, false)).isNull();
    runWaiting();
    assertThat(posted()).extracting(Event.Hashed::intact).containsExactly(true);
  }

  @Test
  void whatIsLittleIsHashedAtOnce() {
    writeAll(2, 0, 2);
    assertThat(here(2, false)).isNotNull().extracting(Event.Hashed::intact).isEqualTo(true);
    assertThat(waiting).isEmpty();
    assertThat(posted()).isEmpty();
  }

  @Test
  void theHashesOfBlocksAreTakenElsewhere() {
    writeAll(2, 0, 2);
    assertThat(here(2, true)).isNull();
    runWaiting();
    assertThat(posted())
        .singleElement()
        .satisfies(
            hashed -> {
              assertThat(hashed.intact()).isTrue();
              assertThat(hashed.digests()).isPresent();
            });
  }

  @Test
  void aWrongBlockIsFoundWhereverItIs() {
    for (int wrong : new int[] {0, STEP, BLOCKS - 1}) {
      for (int block = 0; block < BLOCKS; block++) {
        if (block == wrong) {
          writeWrong(1, block);
        } else {
          write(1, block);
        }
        runWaiting();
      }
      assertThat(here(1, false)).isNull();
      runWaiting();
      Event.Hashed hashed = posted().getFirst();
      assertThat(hashed.intact()).isFalse();
      BlockDigests digests = hashed.digests().orElseThrow();

      workshop.discard(1);
      writeAll(1, 0, BLOCKS);
      assertThat(here(1, true)).isNull();
      runWaiting();
      Event.Hashed again = posted().getFirst();
      assertThat(again.intact()).isTrue();
      for (int block = 0; block < BLOCKS; block++) {
        assertThat(digests.agrees(block, again.digests().orElseThrow())).isEqualTo(block != wrong);
      }
      workshop.discard(1);
    }
  }

  @Test
  void aPieceThatIsGivenUpWhileItIsHashedSaysNothing() {
    writeAll(0, 0, STEP);
    workshop.discard(0);
    assertThat(Piece.liveBytes()).isEqualTo((long) BLOCKS * BLOCK);
    runWaiting();
    assertThat(posted()).isEmpty();
    assertThat(Piece.liveBytes()).isZero();
  }

  @Test
  void aGatewayThatShutsDownKeepsNothing() {
    workshop =
        workshop(
            _ -> {
              throw new RejectedExecutionException();
            });
    writeAll(0, 0, BLOCKS);
    assertThat(here(0, false)).isNull();
    workshop.close();
    assertThat(Piece.liveBytes()).isZero();
  }

  @Test
  void stepsOnManyThreadsComeToTheSameHash() {
    Random random = new Random(11);
    try (ExecutorService hashing = Executors.newFixedThreadPool(4)) {
      workshop = workshop(hashing);
      for (int round = 0; round < 200; round++) {
        int piece = round % 2;
        List<Integer> order = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
          order.add(block);
        }
        // Nearly in order, as several peers bring them.
        for (int from = 0; from + 4 <= BLOCKS; from += 4) {
          Collections.shuffle(order.subList(from, from + 4), random);
        }
        order.forEach(block -> write(piece, block));
        Event.Hashed hashed = here(piece, false);
        while (hashed == null) {
          mailbox.await(1_000_000_000L);
          hashed = posted().stream().findFirst().orElse(null);
        }
        assertThat(hashed.intact()).isTrue();
        workshop.discard(piece);
      }
    }
  }
}
