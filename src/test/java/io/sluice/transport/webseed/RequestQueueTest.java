package io.sluice.transport.webseed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.metainfo.PieceGeometry;
import io.sluice.wire.PeerMessage.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestQueueTest {

  private static final int BLOCK = 16 * 1024;
  private static final PieceGeometry GEOMETRY = new PieceGeometry(20L * BLOCK - 100, 2 * BLOCK);

  private final RequestQueue queue = new RequestQueue(GEOMETRY, 6);

  private static Request block(int number) {
    int piece = number / 2;
    return new Request(piece, number % 2 * BLOCK, GEOMETRY.blockBytes(piece, number % 2));
  }

  @Test
  void aRunGoesOnOverPiecesAsLongAsBlocksFollow() {
    for (int number : new int[] {7, 2, 3, 5, 4}) {
      assertThat(queue.add(block(number))).isTrue();
    }
    assertThat(queue.take(100 * BLOCK, _ -> true))
        .contains(new BlockRun(7L * BLOCK, BLOCK, List.of(block(7))));
    BlockRun second = queue.take(100 * BLOCK, _ -> true).orElseThrow();
    assertThat(second.requests()).containsExactly(block(2), block(3), block(4), block(5));
    assertThat(second.offset()).isEqualTo(2L * BLOCK);
    assertThat(second.end()).isEqualTo(6L * BLOCK);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void aRunIsBoundedAndTheRestWaits() {
    for (int number = 0; number < 5; number++) {
      queue.add(block(number));
    }
    assertThat(queue.take(2 * BLOCK, _ -> true).orElseThrow().requests()).hasSize(2);
    assertThat(queue.take(1, _ -> true).orElseThrow().requests()).containsExactly(block(2));
    assertThat(queue.clear()).containsExactly(block(3), block(4));
  }

  @Test
  void runsThatAreNotAcceptedAreSkippedWhole() {
    for (int number : new int[] {0, 1, 8, 9}) {
      queue.add(block(number));
    }
    BlockRun taken = queue.take(100 * BLOCK, run -> run.offset() != 0).orElseThrow();
    assertThat(taken.requests()).containsExactly(block(8), block(9));
    assertThat(queue.take(100 * BLOCK, run -> run.offset() != 0)).isEmpty();
    assertThat(queue.clear()).containsExactly(block(0), block(1));
  }

  @Test
  void whatIsNoBlockOrTooMuchIsRefused() {
    assertThat(queue.add(new Request(10, 0, BLOCK))).isFalse();
    assertThat(queue.add(new Request(9, BLOCK, BLOCK))).as("the last block is shorter").isFalse();
    for (int number = 0; number < 6; number++) {
      assertThat(queue.add(block(number))).isTrue();
    }
    assertThat(queue.add(block(0))).as("twice").isFalse();
    assertThat(queue.add(block(7))).as("over the bound").isFalse();
    assertThat(queue.remove(block(3))).isTrue();
    assertThat(queue.remove(block(3))).isFalse();
    assertThat(queue.remove(new Request(99, 0, 1))).isFalse();
    assertThat(queue.add(block(19))).as("the last block").isTrue();
  }
}
