package io.sluice.transport.webseed;

import io.sluice.metainfo.Percent;
import io.sluice.metainfo.TorrentFile;
import io.sluice.metainfo.TorrentInfo;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A web seed's URL, of HTTP and without credentials, and where it has the files of a torrent (BEP
 * 19).
 */
public record WebSeedUrl(URI base) {

  private static final int MAX_LENGTH = 4096;

  /**
   * Checks a URL.
   *
   * @throws IllegalArgumentException when it cannot be a web seed; the message says why
   */
  public WebSeedUrl {
    problem(base)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  /** Why a URL can neither be a web seed nor be redirected to. */
  static Optional<String> problem(URI url) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.of("not an http or https URL");
    }
    if (url.getHost() == null || url.getHost().isEmpty()) {
      return Optional.of("a URL without a host");
    }
    if (url.getRawUserInfo() != null) {
      return Optional.of("a URL with credentials");
    }
    if (url.toString().length() > MAX_LENGTH) {
      return Optional.of("a URL longer than " + MAX_LENGTH + " characters");
    }
    int port = url.getPort();
    return port == 0 || port > 0xFFFF ? Optional.of("a URL with no real port") : Optional.empty();
  }

  /**
   * The URL of a file: for a torrent that is a single file the base itself, unless that is a folder
   * (ends with a slash); for others the path of the file below it.
   */
  URI of(TorrentInfo info, TorrentFile file) {
    String text = withoutFragment();
    if (!info.multiFile() && !text.endsWith("/")) {
      return URI.create(text);
    }
    String folder = text.endsWith("/") ? text : text + "/";
    return URI.create(
        folder + file.path().stream().map(Percent::encode).collect(Collectors.joining("/")));
  }

  private String withoutFragment() {
    String text = base.toString();
    int fragment = text.indexOf('#');
    return fragment < 0 ? text : text.substring(0, fragment);
  }

  /** The port that is connected to. */
  static int port(URI url) {
    if (url.getPort() > 0) {
      return url.getPort();
    }
    return isSecure(url) ? 443 : 80;
  }

  static boolean isSecure(URI url) {
    return url.getScheme().equalsIgnoreCase("https");
  }
}
