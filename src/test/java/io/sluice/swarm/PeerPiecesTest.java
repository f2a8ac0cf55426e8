package io.sluice.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.wire.WireException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class PeerPiecesTest {

  private final PeerPieces pieces = new PeerPieces(1000);

  private static ByteBuffer bits(int... bytes) {
    ByteBuffer field = ByteBuffer.allocate(bytes.length);
    for (int each : bytes) {
      field.put((byte) each);
    }
    return field.flip().asReadOnlyBuffer();
  }

  @Test
  void theHighestBitIsTheFirstPiece() {
    pieces.learn(10);
    pieces.bitfield(bits(0b1010_0000, 0b0100_0000));
    assertThat(pieces.bits().stream()).containsExactly(0, 2, 9);
    BitSet held = (BitSet) pieces.bits().clone();
    assertThat(PeerPieces.encode(held, 10)).isEqualTo(bits(0b1010_0000, 0b0100_0000));
  }

  @Test
  void wordsBeforeTheMetadataCountAfterwards() {
    pieces.haveAll();
    pieces.lost(3);
    pieces.have(4);
    pieces.learn(6);
    assertThat(pieces.bits().stream()).containsExactly(0, 1, 2, 4, 5);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    pieces.have(12);
    refuses(() -> pieces.learn(12));
    PeerPieces known = new PeerPieces(1000);
    known.learn(10);
    refuses(() -> known.have(10));
    refuses(() -> known.have(-1));
    refuses(() -> known.lost(10));
    refuses(() -> known.bitfield(bits(0)));
    refuses(() -> known.bitfield(bits(0, 0b0010_0000)));
    PeerPieces early = new PeerPieces(1000);
    early.bitfield(bits(0, 0, 0));
    refuses(() -> early.learn(10));
  }

  @Test
  void nothingIsRememberedBeyondTheBound() {
    refuses(() -> pieces.have(1000));
    refuses(() -> pieces.bitfield(ByteBuffer.allocate(126)));
  }

  private static void refuses(Runnable words) {
    assertThatExceptionOfType(WireException.class).isThrownBy(words::run);
  }
}
