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

/** Paths of files as URLs spell them: percent-encoded UTF-8 (RFC 3986 section 2.1). */
public final class UrlPath {

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
        if (i + 2 >= raw.length()
            || !HexFormat.isHexDigit(raw.charAt(i + 1))
            || !HexFormat.isHexDigit(raw.charAt(i + 2))) {
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
}
