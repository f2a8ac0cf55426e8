package io.sluice.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import org.junit.jupiter.api.Test;

final class PieceGeometryTest {

  @Test
  void lastPieceAndLastBlockAreShorter() {
    PieceGeometry geometry = new PieceGeometry(100_000, 40_000);
    assertThat(geometry.pieces()).isEqualTo(3);
    assertThat(geometry.bytesOf(2)).isEqualTo(20_000);
    assertThat(geometry.offsetOf(2)).isEqualTo(80_000);
    assertThat(geometry.pieceAt(79_999)).isEqualTo(1);
    assertThat(geometry.offsetInPiece(79_999)).isEqualTo(39_999);
    assertThat(geometry.blocksOf(1)).isEqualTo(3);
    assertThat(geometry.blockBytes(1, 2)).isEqualTo(40_000 - 32_768);
    assertThat(geometry.holds(2, 19_999, 1)).isTrue();
    assertThat(geometry.holds(2, 19_999, 2)).isFalse();
    assertThat(geometry.holds(2, Integer.MAX_VALUE, Integer.MAX_VALUE)).isFalse();
    assertThat(geometry.holds(3, 0, 1)).isFalse();
    assertThat(geometry.holds(0, 0, 0)).isFalse();
    assertThat(geometry.holds(0, -1, 1)).isFalse();
  }

  @Test
  void blocksOfAllPiecesSumToTheWhole() {
    SeededCases.run(
        10_000,
        random -> {
          int pieceBytes = 1 + random.nextInt(100_000);
          long totalBytes = 1 + random.nextLong(20L * pieceBytes);
          PieceGeometry geometry = new PieceGeometry(totalBytes, pieceBytes);
          long sum = 0;
          for (int piece = 0; piece < geometry.pieces(); piece++) {
            assertThat(geometry.offsetOf(piece)).isEqualTo(sum);
            assertThat(geometry.pieceAt(sum)).isEqualTo(piece);
            for (int block = 0; block < geometry.blocksOf(piece); block++) {
              int begin = geometry.blockBegin(block);
              int bytes = geometry.blockBytes(piece, block);
              assertThat(geometry.holds(piece, begin, bytes)).isTrue();
              assertThat(geometry.holds(piece, begin, bytes + 1))
                  .isEqualTo(block + 1 < geometry.blocksOf(piece));
              sum += bytes;
            }
          }
          assertThat(sum).isEqualTo(totalBytes);
        });
  }

  @Test
  void hugeTorrentsDoNotOverflow() {
    PieceGeometry geometry = new PieceGeometry((1L << 31) * (1 << 28) - (1 << 28), 1 << 28);
    int last = geometry.pieces() - 1;
    assertThat(last).isEqualTo(Integer.MAX_VALUE - 1);
    assertThat(geometry.bytesOf(last)).isEqualTo(1 << 28);
    assertThat(geometry.pieceAt(geometry.totalBytes() - 1)).isEqualTo(last);
  }

  @Test
  void refusesWhatIsNoTorrent() {
    assertThatThrownBy(() -> new PieceGeometry(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PieceGeometry(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PieceGeometry(Long.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class);
    PieceGeometry geometry = new PieceGeometry(10, 4);
    assertThatThrownBy(() -> geometry.bytesOf(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> geometry.pieceAt(10)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> geometry.pieceAt(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> geometry.blockBytes(0, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
