package io.sluice.app;

import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Our own tracker as a client of it sees it: torrents are announced there by one way, whatever ways
 * their links name.
 *
 * @param local the URL at which this machine reaches itself; asked when a torrent comes, since the
 *     port is known only once it listens
 * @param outside the URL that links name
 */
record OwnTracker(boolean enabled, Supplier<URI> local, Supplier<URI> outside) {

  /** Where torrents are announced; none when the tracker is off. */
  Optional<URI> announce() {
    return enabled
        ? Optional.of(URI.create("ws://" + local.get().getAuthority() + "/announce"))
        : Optional.empty();
  }

  /** Whether a tracker's URL is one of ours. */
  boolean isNamedBy(URI tracker) {
    return enabled && (sameHost(tracker, local.get()) || sameHost(tracker, outside.get()));
  }

  private static boolean sameHost(URI tracker, URI own) {
    return tracker.getHost() != null
        && tracker.getHost().equalsIgnoreCase(own.getHost())
        && port(tracker) == port(own)
        && "/announce".equals(tracker.getPath());
  }

  private static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "wss".equals(url.getScheme()) || "https".equals(url.getScheme()) ? 443 : 80;
  }
}
