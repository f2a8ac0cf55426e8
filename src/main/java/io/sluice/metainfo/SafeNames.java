package io.sluice.metainfo;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Makes a stranger's name harmless, as one element of a path on any common file system and on a
 * screen.
 *
 * <p>The result is never empty, {@code .} or {@code ..}; it holds no separator, no control or
 * invisible formatting character (bidirectional overrides among them), nothing that Windows
 * refuses, no lone surrogate; it is at most {@link #MAX_BYTES} long in UTF-8, its extension kept.
 */
final class SafeNames {

  /** Less than the 255 that file systems allow: room for a suffix. */
  static final int MAX_BYTES = 240;

  /** A longer extension than this is not one. */
  private static final int MAX_EXTENSION_CHARS = 16;

  private static final String FORBIDDEN = "/\\<>:\"|?*";

  private static final Pattern DEVICE =
      Pattern.compile(
          "(?:CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(?:COM|LPT)[0-9\u00B9\u00B2\u00B3]) *(?:\\..*)?",
          Pattern.CASE_INSENSITIVE);

  private SafeNames() {}

  static String element(String raw) {
    StringBuilder clean = new StringBuilder(Math.min(raw.length(), MAX_BYTES) + 1);
    raw.codePoints()
        .limit(4L * MAX_BYTES)
        .forEach(
            c -> {
              if (!invisible(c)) {
                clean.appendCodePoint(harmful(c) ? '_' : c);
              }
            });
    String name = cut(trimmed(clean.toString()));
    if (name.isEmpty()) {
      return "_";
    }
    return DEVICE.matcher(name).matches() ? "_" + name : name;
  }

  /** A name for a screen, bounded; separators may stay. Empty when there is nothing to show. */
  static String shown(String raw) {
    StringBuilder clean = new StringBuilder();
    raw.codePoints()
        .limit(MAX_BYTES)
        .forEach(
            c -> {
              if (!invisible(c)) {
                clean.appendCodePoint(unprintable(c) ? ' ' : c);
              }
            });
    return clean.toString().strip();
  }

  /** What two names have in common when some file system takes them for one. */
  static String folded(String name) {
    String normal = Normalizer.normalize(name, Normalizer.Form.NFKC);
    return Normalizer.normalize(
        normal.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
  }

  /** A name with a number before its extension: {@code film (2).mp4}. */
  static String numbered(String name, int number) {
    int dot = extensionDot(name);
    return name.substring(0, dot) + " (" + number + ")" + name.substring(dot);
  }

  private static boolean invisible(int c) {
    return Character.getType(c) == Character.FORMAT
        // Fillers that are letters to Unicode and blank to the eye.
        || c == 0x115F
        || c == 0x1160
        || c == 0x3164
        || c == 0xFFA0
        // Variation selectors.
        || (c >= 0xFE00 && c <= 0xFE0F)
        || (c >= 0xE0100 && c <= 0xE01EF);
  }

  private static boolean harmful(int c) {
    return unprintable(c) || FORBIDDEN.indexOf(c) >= 0;
  }

  private static boolean unprintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /** Without blanks around it, and without the dots at its end that Windows drops. */
  private static String trimmed(String name) {
    int start = 0;
    int end = name.length();
    while (start < end && blank(name.charAt(start))) {
      start++;
    }
    while (end > start && (blank(name.charAt(end - 1)) || name.charAt(end - 1) == '.')) {
      end--;
    }
    return name.substring(start, end);
  }

  private static boolean blank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static String cut(String name) {
    if (bytes(name) <= MAX_BYTES) {
      return name;
    }
    String extension = name.substring(extensionDot(name));
    int room = MAX_BYTES - bytes(extension);
    StringBuilder stem = new StringBuilder();
    int used = 0;
    for (int c : name.codePoints().toArray()) {
      used += bytes(Character.toString(c));
      if (used > room) {
        break;
      }
      stem.appendCodePoint(c);
    }
    return trimmed(stem.toString()) + extension;
  }

  /** Where the extension begins, the dot included; the end of a name that has none. */
  private static int extensionDot(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && name.length() - dot <= MAX_EXTENSION_CHARS ? dot : name.length();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
