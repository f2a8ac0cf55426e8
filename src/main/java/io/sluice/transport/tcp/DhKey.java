package io.sluice.transport.tcp;

import io.sluice.wire.WireException;
import java.math.BigInteger;
import java.util.random.RandomGenerator;

/**
 * One side's key of the Diffie-Hellman exchange that opens message stream encryption: a 768-bit
 * safe prime, generator 2, secrets of 160 bits. Numbers travel as 96 bytes, filled up with zeros
 * from the left.
 */
final class DhKey {

  /** Length of public keys and of shared secrets. */
  static final int BYTES = 96;

  static final BigInteger PRIME =
      new BigInteger(
          "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
              + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
              + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563",
          16);

  private static final int SECRET_BYTES = 20;
  private static final BigInteger GREATEST = PRIME.subtract(BigInteger.TWO);

  private final BigInteger secret;
  private final byte[] publicBytes;

  DhKey(BigInteger secret) {
    this.secret = secret;
    this.publicBytes = padded(BigInteger.TWO.modPow(secret, PRIME));
  }

  static DhKey random(RandomGenerator random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new DhKey(new BigInteger(1, secret));
  }

  byte[] publicBytes() {
    return publicBytes.clone();
  }

  /**
   * The secret that both sides share.
   *
   * @throws WireException when the other side's key is one of those that make it a constant (0, 1,
   *     p-1) or no remainder of p at all
   */
  byte[] shared(byte[] theirs) {
    BigInteger key = new BigInteger(1, theirs);
    if (theirs.length != BYTES
        || key.compareTo(BigInteger.TWO) < 0
        || key.compareTo(GREATEST) > 0) {
      throw new WireException("a key that hides nothing");
    }
    return padded(key.modPow(secret, PRIME));
  }

  /** {@link BigInteger} strips leading zeros and adds one for the sign. */
  static byte[] padded(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[BYTES];
    int used = Math.min(bytes.length, BYTES);
    System.arraycopy(bytes, bytes.length - used, padded, BYTES - used, used);
    return padded;
  }
}
