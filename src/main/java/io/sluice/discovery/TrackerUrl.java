package io.sluice.discovery;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be made of a tracker's URL, which may come from a stranger's magnet link. */
sealed interface TrackerUrl {

  int MAX_CHARS = 2_048;

  /**
   * A WebSocket tracker; equal when one connection serves.
   *
   * @param host lower case, an IPv6 address in brackets
   * @param target path and query
   */
  record WebSocket(boolean tls, String host, int port, String target) implements TrackerUrl {
    URI uri() {
      return URI.create((tls ? "wss://" : "ws://") + host + ":" + port + target);
    }
  }

  /** Nothing that can be announced to. */
  record Unsupported(String reason) implements TrackerUrl {}

  static TrackerUrl of(URI tracker) {
    if (tracker.toString().length() > MAX_CHARS) {
      return new Unsupported("the tracker's URL is too long");
    }
    URI uri = URI.create(tracker.toASCIIString());
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "ws" -> webSocket(uri, false, 80);
      case "wss" -> webSocket(uri, true, 443);
      case "udp", "http", "https" -> new Unsupported(scheme + " trackers are not supported yet");
      default -> new Unsupported("not the URL of a tracker");
    };
  }

  private static TrackerUrl webSocket(URI uri, boolean tls, int defaultPort) {
    String host = uri.getHost();
    int port = uri.getPort() == -1 ? defaultPort : uri.getPort();
    if (host == null || host.isEmpty()) {
      return new Unsupported("the tracker's URL has no valid host");
    }
    if (port < 1 || port > 65_535) {
      return new Unsupported("the tracker's URL has no valid port");
    }
    if (uri.getRawUserInfo() != null) {
      return new Unsupported("the tracker's URL has a user name in it");
    }
    String target = target(uri.getRawPath(), uri.getRawQuery());
    return new WebSocket(tls, host.toLowerCase(Locale.ROOT), port, target);
  }

  /** With one slash less at the end, as webtorrent does it, so that both spellings are one. */
  private static String target(@Nullable String path, @Nullable String query) {
    String shorter =
        path != null && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    String absolute = shorter == null || shorter.isEmpty() ? "/" : shorter;
    return query == null ? absolute : absolute + "?" + query;
  }
}
