package io.sluice.discovery.dht;

import io.sluice.wire.BString;
import io.sluice.wire.Sha1;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * What allows an address to announce to us: a hash of the address and of a secret that changes
 * every five minutes. Those made with the secret before are good too, so a token lives for five to
 * ten minutes (BEP 5). Confined to the core.
 */
final class Tokens {

  static final long ROTATION_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final int TOKEN_BYTES = 8;
  private static final int SECRET_BYTES = 20;

  private final RandomGenerator random;
  private final MessageDigest sha1;
  private byte[] secret;
  private byte[] previous;
  private long rotatedAt;

  Tokens(RandomGenerator random, long nowNanos) {
    this.random = random;
    this.sha1 = Sha1.digest();
    this.secret = newSecret();
    this.previous = newSecret();
    this.rotatedAt = nowNanos;
  }

  BString issue(InetAddress to, long nowNanos) {
    rotate(nowNanos);
    return BString.of(token(to, secret));
  }

  boolean accepts(BString token, InetAddress from, long nowNanos) {
    rotate(nowNanos);
    byte[] given = token.toBytes();
    return MessageDigest.isEqual(given, token(from, secret))
        || MessageDigest.isEqual(given, token(from, previous));
  }

  private void rotate(long nowNanos) {
    while (nowNanos - rotatedAt >= ROTATION_NANOS) {
      previous = secret;
      secret = newSecret();
      // After a long silence two rotations are as good as many.
      rotatedAt = Math.max(rotatedAt + ROTATION_NANOS, nowNanos - ROTATION_NANOS);
    }
  }

  private byte[] token(InetAddress address, byte[] key) {
    sha1.update(address.getAddress());
    return Arrays.copyOf(sha1.digest(key), TOKEN_BYTES);
  }

  private byte[] newSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }
}
