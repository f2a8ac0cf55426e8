package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import io.sluice.wire.WireException;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DhKeyTest {

  @Test
  void theModulusIsASafePrime() {
    assertThat(DhKey.PRIME.bitLength()).isEqualTo(768);
    assertThat(DhKey.PRIME.isProbablePrime(40)).isTrue();
    assertThat(DhKey.PRIME.shiftRight(1).isProbablePrime(40)).isTrue();
  }

  @Test
  void bothSidesShareASecretOf96Bytes() {
    SeededCases.run(
        50,
        random -> {
          DhKey one = DhKey.random(random);
          DhKey other = DhKey.random(random);
          assertThat(one.publicBytes()).hasSize(96).isNotEqualTo(other.publicBytes());
          assertThat(one.shared(other.publicBytes()))
              .hasSize(96)
              .isEqualTo(other.shared(one.publicBytes()));
        });
  }

  @Test
  void fillsUpFromTheLeft() {
    byte[] two = DhKey.padded(BigInteger.TWO);
    byte[] shared = new DhKey(BigInteger.valueOf(9)).shared(two);
    assertThat(shared).hasSize(96).endsWith(0, 2, 0);
    assertThat(new BigInteger(1, shared)).isEqualTo(BigInteger.valueOf(512));
    // Its highest bit is set, so that a sign byte stands before it in a BigInteger's own bytes.
    assertThat(DhKey.padded(DhKey.PRIME)).hasSize(96).startsWith(0xFF);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void refusesKeysAroundTheModulus(int offset) {
    assertRefused(DhKey.padded(DhKey.PRIME.add(BigInteger.valueOf(offset))));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void refusesTheSmallestKeys(int key) {
    assertRefused(DhKey.padded(BigInteger.valueOf(key)));
  }

  @Test
  void refusesAnotherLength() {
    assertRefused(new byte[] {2});
    assertRefused(new byte[97]);
  }

  @Test
  void takesTheKeysNextToThoseItRefuses() {
    DhKey ours = new DhKey(BigInteger.TEN);
    assertThat(ours.shared(DhKey.padded(BigInteger.TWO))).hasSize(96);
    assertThat(ours.shared(DhKey.padded(DhKey.PRIME.subtract(BigInteger.TWO)))).hasSize(96);
  }

  private static void assertRefused(byte[] key) {
    assertThatThrownBy(() -> new DhKey(BigInteger.TEN).shared(key))
        .isInstanceOf(WireException.class);
  }
}
