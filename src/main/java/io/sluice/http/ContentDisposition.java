package io.sluice.http;

import io.sluice.metainfo.Percent;

/**
 * The value of {@code Content-Disposition} (RFC 6266), safe for any file name.
 *
 * <p>The name goes out twice: in ASCII, what is not a plain letter replaced, for old clients; and
 * whole, in the encoding of RFC 8187.
 */
final class ContentDisposition {

  private ContentDisposition() {}

  /** For content to be shown in place. */
  static String inline(String fileName) {
    return of("inline", fileName);
  }

  /** For content to be saved. */
  static String attachment(String fileName) {
    return of("attachment", fileName);
  }

  private static String of(String type, String fileName) {
    StringBuilder ascii = new StringBuilder(fileName.length());
    fileName.codePoints().forEach(c -> ascii.append(plain(c) ? (char) c : '_'));
    // Percent leaves but unreserved characters as they are, and those are all attr-char.
    return type + "; filename=\"" + ascii + "\"; filename*=UTF-8''" + Percent.encode(fileName);
  }

  /** Printable ASCII without what clients unescape in a quoted string, or take for a folder. */
  private static boolean plain(int c) {
    return c >= ' ' && c <= '~' && "\"\\%/:;*?<>|".indexOf(c) < 0;
  }
}
