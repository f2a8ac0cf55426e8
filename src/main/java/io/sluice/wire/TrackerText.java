package io.sluice.wire;

import java.nio.charset.StandardCharsets;

/** What the texts and numbers of a {@link TrackerMessage} may be. */
final class TrackerText {

  /** Length of every id, in bytes and therefore in Latin-1 characters. */
  static final int ID_CHARS = 20;

  /** The longest {@code tracker id} that is kept. */
  static final int MAX_TRACKER_ID_CHARS = 256;

  private static final int MAX_READABLE_CHARS = 300;

  private TrackerText() {}

  /** 20 bytes as a text of 20 characters, U+0000 to U+00FF. */
  static boolean isId(String text) {
    return text.length() == ID_CHARS && text.chars().allMatch(c -> c <= 0xFF);
  }

  static void requireId(String text) {
    if (!isId(text)) {
      throw new WireException("an id has 20 characters, each U+0000 to U+00FF");
    }
  }

  static byte[] idBytes(String id) {
    requireId(id);
    return id.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String id(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static void requireSdp(String sdp) {
    if (sdp.length() > TrackerMessage.MAX_SDP_BYTES || !isUnicode(sdp)) {
      throw new WireException("a session description is well-formed text of at most 64 KiB");
    }
    // A character takes three bytes at most, so that short texts need no counting.
    if (sdp.length() > TrackerMessage.MAX_SDP_BYTES / 3
        && utf8Bytes(sdp) > TrackerMessage.MAX_SDP_BYTES) {
      throw new WireException("a session description has at most 64 KiB");
    }
  }

  static void requireTrackerId(String trackerId) {
    if (!isTrackerId(trackerId)) {
      throw new WireException("a tracker id is well-formed text of at most 256 characters");
    }
  }

  static boolean isTrackerId(String text) {
    return text.length() <= MAX_TRACKER_ID_CHARS && isUnicode(text);
  }

  static void requireCount(long count) {
    if (count < 0) {
      throw new WireException("a count cannot be negative");
    }
  }

  /** Whether no half of a surrogate pair stands alone: such a text has no UTF-8. */
  private static boolean isUnicode(String text) {
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (Character.isHighSurrogate(c)
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        at++;
      } else if (Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** Length of a well-formed text in UTF-8. */
  static int utf8Bytes(String text) {
    int bytes = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      // Each half of a surrogate pair counts for two of the pair's four bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /** A stranger's words as one short line: no control or broken characters. */
  static String readable(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_READABLE_CHARS)
        .map(c -> Character.isISOControl(c) || isBroken(c) ? ' ' : c)
        .forEach(line::appendCodePoint);
    return line.toString().strip();
  }

  private static boolean isBroken(int codePoint) {
    return (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE)
        || Character.getType(codePoint) == Character.FORMAT
        || Character.getType(codePoint) == Character.LINE_SEPARATOR
        || Character.getType(codePoint) == Character.PARAGRAPH_SEPARATOR;
  }
}
