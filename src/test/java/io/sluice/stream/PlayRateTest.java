package io.sluice.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.SeededCases;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class PlayRateTest {

  private static final long FILE_BYTES = 60_000_000;

  private static ByteBuffer mp4(boolean longer) {
    ByteBuffer out = ByteBuffer.allocate(300);
    out.putInt(24).put("ftypisom".getBytes(US_ASCII)).put(new byte[12]);
    out.putInt(200).put("moov".getBytes(US_ASCII));
    out.putInt(108).put("mvhd".getBytes(US_ASCII));
    if (longer) {
      out.putInt(1 << 24).putLong(0).putLong(0).putInt(1000).putLong(60_000);
    } else {
      out.putInt(0).putInt(0).putInt(0).putInt(600).putInt(36_000);
    }
    return out.position(0);
  }

  private static ByteBuffer matroska() {
    ByteBuffer out = ByteBuffer.allocate(300);
    out.putInt(0x1a45dfa3).put((byte) 0x84).putInt(0);
    // A segment of unknown length.
    out.putInt(0x18538067).put((byte) 1).put(new byte[] {-1, -1, -1, -1, -1, -1, -1});
    out.put((byte) 0xec).put((byte) 0x82).putShort((short) 0);
    out.putInt(0x1549a966).put((byte) 0x92);
    out.put(new byte[] {0x2a, (byte) 0xd7, (byte) 0xb1, (byte) 0x83, 0x0f, 0x42, 0x40});
    out.put(new byte[] {0x44, (byte) 0x89, (byte) 0x88}).putDouble(30_000);
    return out.position(0);
  }

  @Test
  void anMp4SaysHowLongItPlays() {
    assertThat(PlayRate.of(mp4(false), FILE_BYTES)).hasValue(1_000_000);
    assertThat(PlayRate.of(mp4(true), FILE_BYTES)).hasValue(1_000_000);
  }

  @Test
  void matroskaSaysHowLongItPlays() {
    assertThat(PlayRate.of(matroska(), FILE_BYTES)).hasValue(2_000_000);
  }

  @Test
  void whatIsCutOffOrSpoiltIsNoError() {
    SeededCases.run(
        20_000,
        random -> {
          ByteBuffer head = random.nextBoolean() ? mp4(random.nextBoolean()) : matroska();
          for (int i = random.nextInt(6); i > 0; i--) {
            head.put(random.nextInt(120), (byte) random.nextInt(256));
          }
          head.limit(random.nextInt(301));
          PlayRate.of(head, FILE_BYTES).ifPresent(rate -> assertThat(rate).isNotNegative());
        });
    assertThat(PlayRate.of(ByteBuffer.allocate(0), FILE_BYTES)).isEmpty();
  }
}
