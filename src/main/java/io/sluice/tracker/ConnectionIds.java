package io.sluice.tracker;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Connection ids of BEP 15 that need no memory: a keyed hash of the client's address and the time.
 * Only who received one at an address knows it, and for one to two minutes.
 *
 * <p>Confined to one thread.
 */
final class ConnectionIds {

  private static final String ALGORITHM = "HmacSHA256";
  private static final long SLOT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Mac mac;

  ConnectionIds(SecureRandom random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError("every JDK has " + ALGORITHM, impossible);
    }
  }

  /** The id of an address at this moment. */
  long of(InetAddress address, long nowNanos) {
    return inSlot(address, Math.floorDiv(nowNanos, SLOT_NANOS));
  }

  /** Whether an address has been given this id, no longer than two minutes ago. */
  boolean isValid(long id, InetAddress address, long nowNanos) {
    long slot = Math.floorDiv(nowNanos, SLOT_NANOS);
    return id == inSlot(address, slot) || id == inSlot(address, slot - 1);
  }

  private long inSlot(InetAddress address, long slot) {
    byte[] ip = address.getAddress();
    mac.update(ByteBuffer.allocate(ip.length + Long.BYTES).put(ip).putLong(slot).flip());
    return ByteBuffer.wrap(mac.doFinal()).getLong();
  }
}
