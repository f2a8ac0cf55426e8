package io.sluice.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.LeakCheck;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
final class PieceTest {

  @Test
  void slicesAreViewsOfTheSameBytes() {
    Piece piece = Piece.allocate(8);
    ByteBuffer before = piece.slice(2, 4);
    piece.write(2, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    assertThat(before.isDirect()).isTrue();
    assertThat(before).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    piece.release();
  }

  @Test
  void slicesCannotBeWritten() {
    Piece piece = Piece.allocate(8);
    assertThatThrownBy(() -> piece.bytes().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
    piece.release();
  }

  @Test
  void writingLeavesTheBlocksPositionAlone() {
    Piece piece = Piece.allocate(8);
    ByteBuffer block = ByteBuffer.allocate(4);
    piece.write(0, block);
    assertThat(block.remaining()).isEqualTo(4);
    assertThatThrownBy(() -> piece.write(5, block)).isInstanceOf(IndexOutOfBoundsException.class);
    piece.release();
  }

  @Test
  void livesAsLongAsSomebodyHoldsIt() {
    long before = Piece.liveBytes();
    Piece piece = Piece.allocate(1000);
    assertThat(Piece.liveBytes()).isEqualTo(before + 1000);
    piece.retain();
    piece.release();
    assertThat(piece.length()).isEqualTo(1000);
    assertThat(piece.bytes().remaining()).isEqualTo(1000);
    piece.release();
    assertThat(Piece.liveBytes()).isEqualTo(before);
  }

  @Test
  void aFreedPieceIsRefusedEvenWhenItsBufferHasANewOwner() {
    Piece freed = Piece.allocate(64);
    freed.release();
    // Netty hands the recycled buffer object to the next who asks.
    Piece owner = Piece.allocate(64);
    assertThatThrownBy(freed::release).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(freed::retain).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(freed::bytes).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> freed.writable(0, 1)).isInstanceOf(IllegalStateException.class);
    assertThat(owner.bytes().remaining()).isEqualTo(64);
    owner.release();
  }

  @Test
  void bigPiecesAreAllocatedAtTheirSize() {
    Piece piece = Piece.allocate(32 << 20);
    piece.write((32 << 20) - 1, ByteBuffer.wrap(new byte[] {7}));
    assertThat(piece.slice((32 << 20) - 1, 1).get()).isEqualTo((byte) 7);
    piece.release();
    assertThatThrownBy(() -> Piece.allocate(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
