package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.SeededCases;
import io.sluice.wire.WireException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerInputTest {

  private static final byte[] MARK = "mark".getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512})
  void findsAMarkBehindAsMuchAsAllowed(int before) throws IOException {
    PeerInput in = over(Mse.joined(new byte[before], MARK, new byte[] {7}));
    in.skipPast(MARK, 512);
    assertThat(in.take(1)).containsExactly(7);
  }

  @Test
  void findsAMarkThatBeginsInsideItself() throws IOException {
    PeerInput in = over("mamamark!".getBytes(StandardCharsets.US_ASCII));
    in.skipPast(MARK, 512);
    assertThat(in.take(1)).containsExactly('!');
  }

  @Test
  void looksForAMarkNoFurther() {
    PeerInput in = over(Mse.joined(new byte[513], MARK));
    assertThatThrownBy(() -> in.skipPast(MARK, 512)).isInstanceOf(WireException.class);
  }

  @Test
  void saysThatTheStreamEnded() {
    assertThatThrownBy(() -> over(MARK).take(5)).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> over(new byte[3]).skipPast(MARK, 512))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> over(Arrays.copyOf(MARK, 3)).startsWith(MARK))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void tellsAnotherBeginningByItsFirstByteThatDiffers() throws IOException {
    PeerInput in = over("man".getBytes(StandardCharsets.US_ASCII));
    assertThat(in.startsWith(MARK)).isFalse();
    assertThat(in.take(3)).isEqualTo("man".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void encryptionBeginsAndEndsAtAnyByte() {
    SeededCases.run(
        200,
        random -> {
          byte[] plain = new byte[1 + random.nextInt(3_000)];
          random.nextBytes(plain);
          byte[] key = new byte[20];
          random.nextBytes(key);
          int from = random.nextInt(plain.length + 1);
          int encrypted = random.nextInt(plain.length - from + 1);
          byte[] sent = plain.clone();
          new Rc4(key).apply(sent, from, encrypted);

          PeerInput in = over(sent);
          // Whatever is looked at ahead of time is still read as what it is.
          var _ = in.startsWith(new byte[] {0});
          assertThat(in.take(from)).isEqualTo(Arrays.copyOf(plain, from));
          if (from + encrypted == plain.length) {
            in.decrypt(new Rc4(key));
          } else {
            in.decrypt(new Rc4(key), encrypted);
          }
          ByteBuffer rest =
              random.nextBoolean()
                  ? ByteBuffer.allocate(plain.length)
                  : ByteBuffer.allocateDirect(plain.length);
          while (in.read(rest) > 0) {
            in.forgetAhead();
          }
          byte[] read = new byte[rest.flip().remaining()];
          rest.get(read);
          assertThat(read).isEqualTo(Arrays.copyOfRange(plain, from, plain.length));
        });
  }

  private static PeerInput over(byte[] bytes) {
    return new PeerInput(Channels.newChannel(new ByteArrayInputStream(bytes)));
  }
}
