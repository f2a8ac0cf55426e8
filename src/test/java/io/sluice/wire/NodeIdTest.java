package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class NodeIdTest {

  @Test
  void distanceIsTheXorAsANumber() {
    SeededCases.run(
        1_000,
        random -> {
          NodeId self = NodeId.random(random);
          NodeId a = self.randomSharing(random.nextInt(NodeId.BITS), random);
          NodeId b = random.nextInt(5) == 0 ? a : NodeId.random(random);
          assertThat(self.compareDistance(a, b))
              .isEqualTo(distance(self, a).compareTo(distance(self, b)));
          assertThat(a.sharedBits(b)).isEqualTo(NodeId.BITS - distance(a, b).bitLength());
        });
  }

  @Test
  void sharesAsManyBitsAsAsked() {
    SeededCases.run(
        100,
        random -> {
          NodeId self = NodeId.random(random);
          for (int bits = 0; bits < NodeId.BITS; bits++) {
            assertThat(self.sharedBits(self.randomSharing(bits, random))).isEqualTo(bits);
          }
        });
  }

  @Test
  void hasTwentyBytes() {
    assertThatThrownBy(() -> NodeId.of(new byte[19])).isInstanceOf(WireException.class);
    assertThat(NodeId.of(new byte[20]).hex()).isEqualTo("00".repeat(20));
  }

  private static BigInteger distance(NodeId a, NodeId b) {
    return new BigInteger(1, a.bytes()).xor(new BigInteger(1, b.bytes()));
  }
}
