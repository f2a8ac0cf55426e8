package io.sluice.fuzz;

import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.MagnetLink;
import io.sluice.metainfo.MetainfoException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** A magnet link. */
public final class MagnetFuzz {

  private MagnetFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    accepts(input);
  }

  static boolean accepts(byte[] input) {
    Magnet magnet;
    try {
      magnet = MagnetLink.parse(new String(input, StandardCharsets.UTF_8));
    } catch (MetainfoException refused) {
      return false;
    }
    for (URI tracker : magnet.trackers()) {
      checkUrl(tracker, Set.of("http", "https", "udp", "ws", "wss"));
    }
    magnet.webSeeds().forEach(uri -> checkUrl(uri, Set.of("http", "https")));
    magnet.exactSources().forEach(uri -> checkUrl(uri, Set.of("http", "https")));
    Magnet again = MagnetLink.parse(MagnetLink.format(magnet));
    Fuzzing.check(again.equals(magnet), "magnets round-trip: " + magnet + " / " + again);
    return true;
  }

  private static void checkUrl(URI uri, Set<String> schemes) {
    Fuzzing.check(schemes.contains(uri.getScheme()), "schemes are those we speak");
    Fuzzing.check(uri.getHost() != null && !uri.getHost().isEmpty(), "URLs have a host");
    Fuzzing.check(uri.getPort() <= 0xFFFF && uri.getPort() != 0, "ports exist");
    Fuzzing.check(uri.toString().chars().allMatch(c -> c > 0x20 && c < 0x7F), "URLs are ASCII");
  }
}
