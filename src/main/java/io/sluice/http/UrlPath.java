package io.sluice.http;

import io.sluice.metainfo.Percent;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Paths of files as URLs spell them: percent-encoded UTF-8 (RFC 3986 section 2.1). */
public final class UrlPath {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private UrlPath() {}

  /**
   * The {@code {path}} of a file, encoded: its raw path where a URL can say it and it is the only
   * one of that path, its safe path otherwise.
   */
  public static String of(TorrentInfo info, TorrentFile file) {
    boolean addressable =
        file.path().stream().allMatch(UrlPath::addressable)
            && info.fileAt(file.joinedPath()).filter(file::equals).isPresent();
    return encode(addressable ? file.path() : file.safePath());
  }

  /** Encodes elements and joins them with slashes. */
  static String encode(List<String> elements) {
    return elements.stream().map(Percent::encode).collect(Collectors.joining("/"));
  }

  /** Clients resolve dots and lose empty elements; a slash within an element would split it. */
  private static boolean addressable(String element) {
    return !element.isEmpty()
        && !element.equals(".")
        && !element.equals("..")
        && element.indexOf('/') < 0;
  }

  /**
   * Decodes a raw path as it stands in a request line, where each character is a byte. Empty when
   * an escape is malformed or the bytes are not UTF-8.
   */
  static Optional<String> decode(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        if (!isEscape(raw, i)) {
          return Optional.empty();
        }
        bytes.write(HexFormat.fromHexDigits(raw, i + 1, i + 3));
        i += 2;
      } else if (c <= 0xFF) {
        bytes.write(c);
      } else {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /**
   * The file that a request means: the one whose path the URL spells, or else the one whose path
   * went into the URL as it is, without being escaped, as webtorrent does. What a name has from a
   * {@code #} on is then lost to the request; a beginning that only one file has is enough.
   *
   * @param rawPath as it stands in the request line
   * @param query what stands after its first question mark
   */
  static Optional<TorrentFile> find(TorrentInfo info, String rawPath, @Nullable String query) {
    return decode(rawPath)
        .flatMap(info::fileAt)
        .or(() -> info.fileAt(rawPath))
        .or(() -> findUnescaped(info, query == null ? rawPath : rawPath + "?" + query));
  }

  private static Optional<TorrentFile> findUnescaped(TorrentInfo info, String asked) {
    Optional<TorrentFile> found = Optional.empty();
    for (TorrentFile file : info.files()) {
      String spelled = withEscapedPercents(asBrowsersSpell(file.joinedPath()));
      int fragment = spelled.indexOf('#');
      if (asked.equals(fragment < 0 ? spelled : spelled.substring(0, fragment))) {
        if (found.isPresent()) {
          return Optional.empty();
        }
        found = Optional.of(file);
      }
    }
    return found;
  }

  /**
   * A path that is taken for a part of a URL: what cannot stand in one is escaped, what means
   * something there is not (the path percent-encode set of the URL standard, section 1.3).
   */
  private static String asBrowsersSpell(String path) {
    StringBuilder spelled = new StringBuilder(path.length());
    for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
      if (each <= ' ' || each == 0x7F || "\"<>`{}".indexOf(each) >= 0) {
        spelled.append('%').append(HEX.toHexDigits(each));
      } else {
        spelled.append((char) each);
      }
    }
    return spelled.toString();
  }

  /** A path in which each percent sign that begins no escape is one: not an error, but a name. */
  static String withEscapedPercents(String path) {
    StringBuilder mended = new StringBuilder(path.length() + 8);
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      mended.append(c);
      if (c == '%' && !isEscape(path, i)) {
        mended.append("25");
      }
    }
    return mended.toString();
  }

  private static boolean isEscape(String text, int at) {
    return at + 2 < text.length()
        && HexFormat.isHexDigit(text.charAt(at + 1))
        && HexFormat.isHexDigit(text.charAt(at + 2));
  }
}
