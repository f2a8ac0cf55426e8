package io.sluice.metainfo;

import io.sluice.metainfo.Magnet.FileRange;
import io.sluice.metainfo.Magnet.HostPort;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.net.Inet6Address;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one magnet link for {@link MagnetLink}. Used once. */
final class MagnetParser {

  private static final Pattern SCHEME =
      Pattern.compile("magnet:/{0,2}\\?", Pattern.CASE_INSENSITIVE);
  private static final String V1 = "urn:btih:";
  private static final String V2 = "urn:btmh:";

  private static final Pattern FILES = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|([A-Za-z0-9._-]{1,253})):(\\d{1,5})");

  private final MetainfoLimits limits;
  private @Nullable InfoHash infoHash;
  private boolean v2;
  private Optional<String> displayName = Optional.empty();
  private final Set<URI> trackers = new LinkedHashSet<>();
  private final Set<URI> webSeeds = new LinkedHashSet<>();
  private final Set<URI> exactSources = new LinkedHashSet<>();
  private final List<FileRange> selectedFiles = new ArrayList<>();
  private final Set<HostPort> peers = new LinkedHashSet<>();

  MagnetParser(MetainfoLimits limits) {
    this.limits = limits;
  }

  Magnet parse(String text) {
    String link = text.strip();
    if (link.length() > limits.maxMagnetChars()) {
      throw new MetainfoException("the magnet link has " + link.length() + " characters");
    }
    Matcher scheme = SCHEME.matcher(link);
    if (!scheme.lookingAt()) {
      throw new MetainfoException("not a magnet link: it does not begin with magnet:?");
    }
    String[] parameters = link.substring(scheme.end()).split("&", limits.maxMagnetParameters() + 1);
    if (parameters.length > limits.maxMagnetParameters()) {
      throw new MetainfoException(
          "the magnet link has more than " + limits.maxMagnetParameters() + " parameters");
    }
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        take(name(parameter.substring(0, equals)), parameter.substring(equals + 1));
      }
    }
    return magnet();
  }

  private Magnet magnet() {
    if (infoHash == null) {
      throw new MetainfoException(
          v2
              ? "a magnet link of a BitTorrent v2 torrent: only v1 and hybrid torrents can be served"
              : "the magnet link has no infohash (xt=urn:btih:...)");
    }
    return new Magnet(
        infoHash,
        displayName,
        List.copyOf(trackers),
        List.copyOf(webSeeds),
        List.copyOf(exactSources),
        selectedFiles,
        List.copyOf(peers));
  }

  /** Without a number at its end, and without what HTML makes of an ampersand before it. */
  private static String name(String raw) {
    String name = raw.toLowerCase(Locale.ROOT);
    String plain = name.startsWith("amp;") ? name.substring("amp;".length()) : name;
    int dot = plain.lastIndexOf('.');
    boolean numbered =
        dot > 0
            && dot + 1 < plain.length()
            && plain.chars().skip(dot + 1).allMatch(c -> c >= '0' && c <= '9');
    return numbered ? plain.substring(0, dot) : plain;
  }

  private void take(String name, String raw) {
    switch (name) {
      case "xt" -> topic(Percent.decode(raw));
      case "dn" -> displayName = displayName.or(() -> shown(raw));
      case "tr" -> SourceUrls.tracker(Percent.decode(raw)).ifPresent(uri -> add(trackers, uri));
      case "ws", "as" -> SourceUrls.web(Percent.decode(raw)).ifPresent(uri -> add(webSeeds, uri));
      case "xs" -> SourceUrls.web(Percent.decode(raw)).ifPresent(uri -> add(exactSources, uri));
      case "so" -> files(Percent.decode(raw));
      case "x.pe" -> peer(Percent.decode(raw));
      default -> {}
    }
  }

  private void topic(String urn) {
    if (urn.regionMatches(true, 0, V2, 0, V2.length())) {
      v2 = true;
    }
    if (infoHash != null || !urn.regionMatches(true, 0, V1, 0, V1.length())) {
      return;
    }
    try {
      infoHash = InfoHash.parse(urn.substring(V1.length()));
    } catch (WireException e) {
      throw new MetainfoException("the magnet link's infohash is malformed: " + e.getMessage());
    }
  }

  private static Optional<String> shown(String raw) {
    // A form writes a space as +, and a plus as %2B.
    String name = SafeNames.shown(Percent.decode(raw.replace('+', ' ')));
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  private void files(String list) {
    for (String part : list.split(",", limits.maxFileRanges() + 1)) {
      Matcher range = FILES.matcher(part.strip());
      if (selectedFiles.size() < limits.maxFileRanges() && range.matches()) {
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        if (first <= last) {
          selectedFiles.add(new FileRange(first, last));
        }
      }
    }
  }

  private void peer(String address) {
    Matcher parts = ADDRESS.matcher(address.strip());
    if (!parts.matches()) {
      return;
    }
    int port = Integer.parseInt(parts.group(3));
    String v6 = parts.group(1);
    if (port >= 1 && port <= 0xFFFF && (v6 == null || isV6(v6))) {
      add(peers, new HostPort(v6 == null ? parts.group(2) : v6, port));
    }
  }

  private static boolean isV6(String literal) {
    try {
      Inet6Address.ofLiteral(literal);
      return true;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }

  private <T> void add(Set<T> values, T value) {
    if (values.size() < limits.maxUrls()) {
      values.add(value);
    }
  }
}
