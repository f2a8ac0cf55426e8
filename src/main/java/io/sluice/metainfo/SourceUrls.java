package io.sluice.metainfo;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * URLs as torrents and magnets spell them, read for what is usable: a scheme that we speak, a host,
 * a port that exists.
 *
 * <p>Spaces and other characters that a URL must escape are escaped, international host names are
 * turned into ASCII; what holds a control character is not a URL. Whether an address may be dialled
 * is for the dialler to decide.
 */
final class SourceUrls {

  static final Set<String> TRACKER_SCHEMES = Set.of("http", "https", "udp", "ws", "wss");
  static final Set<String> WEB_SCHEMES = Set.of("http", "https");

  private static final Pattern PARTS = Pattern.compile("([A-Za-z]+)://([^/?#\\\\]+)([^\\\\]*)");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** What may stand in a path or query as it is (RFC 3986 section 3.3 and 3.4). */
  private static final String PLAIN = "-._~!$&'()*+,;=:@/?%#";

  private SourceUrls() {}

  static Optional<URI> tracker(String text) {
    return parse(text, TRACKER_SCHEMES);
  }

  static Optional<URI> web(String text) {
    return parse(text, WEB_SCHEMES);
  }

  private static Optional<URI> parse(String text, Set<String> schemes) {
    String stripped = text.strip();
    if (stripped.length() > MetainfoLimits.DEFAULT.maxUrlChars()
        || CONTROL.matcher(stripped).find()) {
      return Optional.empty();
    }
    Matcher parts = PARTS.matcher(stripped);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    if (!schemes.contains(scheme)) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(scheme + "://" + ascii(parts.group(2)) + escaped(parts.group(3)));
      return usable(uri) ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException notAUrl) {
      return Optional.empty();
    }
  }

  /** Escaping makes a URL longer, so that its length is looked at again. */
  private static boolean usable(URI uri) {
    return uri.getHost() != null
        && uri.getPort() != 0
        && uri.getPort() <= 0xFFFF
        && uri.toString().length() <= MetainfoLimits.DEFAULT.maxUrlChars();
  }

  private static String ascii(String authority) {
    return authority.chars().allMatch(c -> c < 0x80) ? authority : IDN.toASCII(authority);
  }

  private static String escaped(String rest) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < rest.length(); ) {
      int c = rest.codePointAt(i);
      boolean strayPercent = c == '%' && !hexPair(rest, i + 1);
      if (!strayPercent && (Percent.unreserved(c) || (c < 0x80 && PLAIN.indexOf(c) >= 0))) {
        out.appendCodePoint(c);
      } else {
        Percent.append(out, Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static boolean hexPair(String text, int at) {
    return at + 2 <= text.length()
        && HexFormat.isHexDigit(text.charAt(at))
        && HexFormat.isHexDigit(text.charAt(at + 1));
  }
}
