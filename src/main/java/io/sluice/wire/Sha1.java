package io.sluice.wire;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-1, by which BEP 3 knows torrents and pieces, and which every JDK has. */
public final class Sha1 {

  private Sha1() {}

  /** The hash of what remains in a buffer, 20 bytes; the buffer is at its end after. */
  public static byte[] of(ByteBuffer bytes) {
    MessageDigest digest = digest();
    digest.update(bytes);
    return digest.digest();
  }

  /** The hash of an array, 20 bytes. */
  public static byte[] of(byte[] bytes) {
    return digest().digest(bytes);
  }

  /** A digest for what comes in parts; for one thread at a time. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-1", impossible);
    }
  }
}
