package io.sluice.discovery;

import io.sluice.wire.UdpTrackerMessage;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
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

  /**
   * A tracker that lists addresses over HTTP (BEP 3).
   *
   * @param host lower case, an IPv6 address in brackets
   * @param target path and query, as they were named
   */
  record Http(boolean tls, String host, int port, String target) implements TrackerUrl {
    URI uri() {
      return URI.create((tls ? "https://" : "http://") + host + ":" + port + target);
    }

    /** The target with more parameters. */
    String targetWith(String query) {
      return target + (target.indexOf('?') < 0 ? "?" : "&") + query;
    }

    /** Where counts are asked for, when the URL follows the convention for it (BEP 48). */
    Optional<Http> scrape() {
      int query = target.indexOf('?');
      String path = query < 0 ? target : target.substring(0, query);
      int last = path.lastIndexOf('/') + 1;
      if (!path.startsWith("announce", last)) {
        return Optional.empty();
      }
      String changed =
          path.substring(0, last) + "scrape" + target.substring(last + "announce".length());
      return Optional.of(new Http(tls, host, port, changed));
    }
  }

  /**
   * A tracker that lists addresses over UDP (BEP 15).
   *
   * @param host lower case, an IPv6 address in brackets
   * @param urlData path and query (BEP 41); empty when there are none
   */
  record Udp(String host, int port, String urlData) implements TrackerUrl {}

  /** Nothing that can be announced to. */
  record Unsupported(String reason) implements TrackerUrl {}

  static TrackerUrl of(URI tracker) {
    if (tracker.toString().length() > MAX_CHARS) {
      return new Unsupported("the tracker's URL is too long");
    }
    URI uri = URI.create(tracker.toASCIIString());
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "ws" -> checked(uri, 80, TrackerUrl::webSocket);
      case "wss" -> checked(uri, 443, TrackerUrl::webSocket);
      case "http" -> checked(uri, 80, TrackerUrl::http);
      case "https" -> checked(uri, 443, TrackerUrl::http);
      case "udp" -> checked(uri, 0, TrackerUrl::udp); // It has no port that goes without saying.
      default -> new Unsupported("not the URL of a tracker");
    };
  }

  /** Makes a URL whose host and port are usable. */
  @FunctionalInterface
  interface Maker {
    TrackerUrl of(URI uri, String host, int port);
  }

  private static TrackerUrl checked(URI uri, int defaultPort, Maker maker) {
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
    return maker.of(uri, host.toLowerCase(Locale.ROOT), port);
  }

  private static TrackerUrl webSocket(URI uri, String host, int port) {
    boolean tls = "wss".equalsIgnoreCase(uri.getScheme());
    return new WebSocket(tls, host, port, target(uri.getRawPath(), uri.getRawQuery()));
  }

  private static TrackerUrl http(URI uri, String host, int port) {
    String path = uri.getRawPath();
    String absolute = path == null || path.isEmpty() ? "/" : path;
    String target = uri.getRawQuery() == null ? absolute : absolute + "?" + uri.getRawQuery();
    return new Http("https".equalsIgnoreCase(uri.getScheme()), host, port, target);
  }

  private static TrackerUrl udp(URI uri, String host, int port) {
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String data = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    if (data.length() > UdpTrackerMessage.MAX_URL_DATA_BYTES) {
      return new Unsupported("the tracker's URL is too long");
    }
    return new Udp(host, port, data.equals("/") ? "" : data);
  }

  /** With one slash less at the end, as webtorrent does it, so that both spellings are one. */
  private static String target(@Nullable String path, @Nullable String query) {
    String shorter =
        path != null && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    String absolute = shorter == null || shorter.isEmpty() ? "/" : shorter;
    return query == null ? absolute : absolute + "?" + query;
  }
}
