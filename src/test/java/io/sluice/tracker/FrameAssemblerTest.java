package io.sluice.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.testing.SeededCases;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

final class FrameAssemblerTest {

  private static final int MAX_BYTES = 100;

  private final FrameAssembler frames = new FrameAssembler(MAX_BYTES);

  @Test
  void putsAnyFragmentationTogether() {
    SeededCases.run(
        1_000,
        random -> {
          byte[] message = new byte[random.nextInt(MAX_BYTES + 1)];
          random.nextBytes(message);
          int at = 0;
          while (random.nextInt(8) > 0) {
            int end = at + random.nextInt(message.length - at + 1);
            assertThat(frames.add(slice(message, at, end), false)).isNull();
            at = end;
          }
          assertThat(frames.add(slice(message, at, message.length), true)).isEqualTo(message);
        });
  }

  private static Buffer slice(byte[] message, int from, int to) {
    return Buffer.buffer(message).slice(from, to);
  }

  @Test
  void boundsAMessage() throws Exception {
    assertThat(frames.add(Buffer.buffer(new byte[MAX_BYTES]), false)).isNull();
    assertThatExceptionOfType(FrameAssembler.TooLongException.class)
        .isThrownBy(() -> frames.add(Buffer.buffer("x"), true));
  }

  @Test
  void boundsEmptyFrames() throws Exception {
    for (int i = 0; i < MAX_BYTES; i++) {
      assertThat(frames.add(Buffer.buffer(), false)).isNull();
    }
    assertThatExceptionOfType(FrameAssembler.TooLongException.class)
        .isThrownBy(() -> frames.add(Buffer.buffer(), false));
  }
}
