package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class Rc4Test {

  /** RFC 6229 section 2: the key stream from its 1024th byte on. */
  @Test
  void beginsWhereTheStandardVectorsAre1024BytesIn() {
    assertThat(keyStream("0102030405")).isEqualTo("30abbcc7c20b01609f23ee2d5f6bb7df");
    assertThat(keyStream("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"))
        .isEqualTo("7fec5bfd9f9b89ce6548309092d7e958");
  }

  @Test
  void isTheSameOnAnyKindOfBufferAndInAnyParts() {
    Random random = new Random(1);
    byte[] plain = new byte[20_000];
    random.nextBytes(plain);
    byte[] key = new byte[20];
    random.nextBytes(key);
    final byte[] whole = new Rc4(key).apply(plain.clone());

    for (ByteBuffer buffer :
        new ByteBuffer[] {ByteBuffer.allocate(30_000), ByteBuffer.allocateDirect(30_000)}) {
      buffer.put(100, plain);
      Rc4 cipher = new Rc4(key);
      for (int done = 0; done < plain.length; ) {
        int part = Math.min(plain.length - done, 1 + random.nextInt(9_000));
        cipher.apply(buffer, 100 + done, part);
        done += part;
      }
      byte[] encrypted = new byte[plain.length];
      buffer.get(100, encrypted);
      assertThat(encrypted).isEqualTo(whole);
      assertThat(buffer.get(99)).isZero();
      assertThat(buffer.get(100 + plain.length)).isZero();
      assertThat(buffer.position()).isZero();
    }
    assertThat(new Rc4(key).apply(whole.clone())).isEqualTo(plain);
    assertThat(Arrays.equals(whole, plain)).isFalse();
  }

  private static String keyStream(String key) {
    return HexFormat.of().formatHex(new Rc4(HexFormat.of().parseHex(key)).apply(new byte[16]));
  }
}
