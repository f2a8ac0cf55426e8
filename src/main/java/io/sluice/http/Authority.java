package io.sluice.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * A host and a port (RFC 3986 section 3.2).
 *
 * @param name in lower case, an IPv6 address without its brackets
 * @param port -1 when it is not said
 */
record Authority(String name, int port) {

  private static final int MAX_CHARS = 300;

  /** Empty when it is none, or has credentials before it. */
  static Optional<Authority> parse(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARS) {
      return Optional.empty();
    }
    try {
      URI url = new URI("http://" + text);
      boolean bare = text.equals(url.getRawAuthority()) && url.getRawUserInfo() == null;
      if (!bare || url.getHost() == null) {
        return Optional.empty();
      }
      String host = url.getHost().toLowerCase(Locale.ROOT);
      return Optional.of(
          new Authority(
              host.startsWith("[") ? host.substring(1, host.length() - 1) : host, url.getPort()));
    } catch (URISyntaxException malformed) {
      return Optional.empty();
    }
  }

  /** Whether an {@code Origin} (RFC 6454 section 7) is that of a scheme and an authority. */
  static boolean isOrigin(String origin, String scheme, String authority) {
    String prefix = scheme + "://";
    if (!origin.startsWith(prefix)) {
      return false;
    }
    Optional<Authority> named = parse(origin.substring(prefix.length()));
    Optional<Authority> own = parse(authority);
    return named.isPresent()
        && own.isPresent()
        && named.get().name().equals(own.get().name())
        && named.get().portOf(scheme) == own.get().portOf(scheme);
  }

  /** The port, which is the scheme's own when it is not said. */
  int portOf(String scheme) {
    if (port >= 0) {
      return port;
    }
    return scheme.equals("https") ? 443 : 80;
  }

  /** The address that it is, when it is one and no name. */
  Optional<InetAddress> literal() {
    try {
      return Optional.of(InetAddress.ofLiteral(name));
    } catch (IllegalArgumentException aName) {
      return Optional.empty();
    }
  }

  /** Whether it can be nothing but this machine: no name server is asked for these. */
  boolean isLoopback() {
    return name.equals("localhost") || literal().map(InetAddress::isLoopbackAddress).orElse(false);
  }
}
