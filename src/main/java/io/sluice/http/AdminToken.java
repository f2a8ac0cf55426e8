package io.sluice.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/**
 * What whoever may change the library shows in {@code Authorization: Bearer} (RFC 6750 section
 * 2.1); only its digest is kept.
 *
 * <p>Immutable, safe for any thread.
 */
public final class AdminToken {

  private static final String SCHEME = "bearer ";
  private static final int MAX_CHARS = 1024;

  private final byte[] digest;

  /**
   * @throws IllegalArgumentException when no header could carry it
   */
  public AdminToken(String token) {
    if (token.isEmpty()
        || token.length() > MAX_CHARS
        || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "the admin token is 1 to %d letters, digits and signs of ASCII, without spaces"
              .formatted(MAX_CHARS));
    }
    digest = sha256(token);
  }

  /**
   * Whether the value of an {@code Authorization} header shows it; takes as long when it is not.
   */
  boolean isShownIn(String authorization) {
    if (authorization.length() > MAX_CHARS + SCHEME.length()
        || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return false;
    }
    // Digests are of one length, so that the comparison does not tell that of the token.
    return MessageDigest.isEqual(digest, sha256(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
