package io.sluice.transport.tcp;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Gives one secret, pads of one length, and one byte over and over to fill them. */
final class ScriptedRandom implements RandomGenerator {

  private final byte[] secret;
  private final int padBytes;
  private final byte filling;

  ScriptedRandom(byte[] secret, int padBytes, int filling) {
    this.secret = secret.clone();
    this.padBytes = padBytes;
    this.filling = (byte) filling;
  }

  /** Secrets are the only thing of their length: no test asks for pads of it. */
  @Override
  public void nextBytes(byte[] bytes) {
    if (bytes.length == secret.length) {
      System.arraycopy(secret, 0, bytes, 0, secret.length);
    } else {
      Arrays.fill(bytes, filling);
    }
  }

  @Override
  public int nextInt(int bound) {
    assert padBytes < bound : "a pad over its bound";
    return padBytes;
  }

  @Override
  public long nextLong() {
    throw new UnsupportedOperationException("nobody asks for numbers");
  }
}
