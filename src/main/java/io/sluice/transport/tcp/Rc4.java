package io.sluice.transport.tcp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * One direction of a stream under RC4, its first 1024 bytes of key stream thrown away.
 *
 * <p>Encrypting and decrypting are the same act. Confined to one thread at a time.
 */
final class Rc4 {

  private static final String ALGORITHM = "ARCFOUR";
  private static final int DISCARDED_BYTES = 1024;
  private static final int COPIED_BYTES = 4096;

  private final Cipher cipher;

  Rc4(byte[] key) {
    try {
      cipher = Cipher.getInstance(ALGORITHM);
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no RC4", e);
    }
    apply(new byte[DISCARDED_BYTES], 0, DISCARDED_BYTES);
  }

  /** Works in place. */
  void apply(byte[] bytes, int offset, int length) {
    try {
      int done = cipher.update(bytes, offset, length, bytes, offset);
      assert done == length : "a stream cipher keeps nothing back";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Works in place, on all bytes; the same array, for the caller's convenience. */
  byte[] apply(byte[] bytes) {
    apply(bytes, 0, bytes.length);
    return bytes;
  }

  /** Works in place, from an index on, whatever the buffer's position. */
  void apply(ByteBuffer bytes, int index, int length) {
    if (bytes.hasArray()) {
      apply(bytes.array(), bytes.arrayOffset() + index, length);
      return;
    }
    byte[] copy = new byte[Math.min(length, COPIED_BYTES)];
    for (int done = 0; done < length; done += copy.length) {
      int part = Math.min(copy.length, length - done);
      bytes.get(index + done, copy, 0, part);
      apply(copy, 0, part);
      bytes.put(index + done, copy, 0, part);
    }
  }
}
