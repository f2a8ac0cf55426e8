package io.sluice.http;

import io.sluice.wire.InfoHash;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What this gateway mirrors, and who mirrors it. Safe for any thread; does not block. */
public interface Mirrors {

  /**
   * A gateway whose feed is followed.
   *
   * @param feed where it is
   * @param read when it was read last; never so far when empty
   * @param torrents those that are here for it
   * @param bytes of them, as the feed says
   * @param problem why it could not be read the last time
   */
  record Followed(
      URI feed, Optional<Instant> read, int torrents, long bytes, Optional<String> problem) {}

  /**
   * A gateway that may mirror this one.
   *
   * @param checked when it was asked last
   * @param torrents those that it was found to hold
   * @param problem why nothing of it counts now
   */
  record Known(URI url, Optional<Instant> checked, int torrents, Optional<String> problem) {}

  /** Whether this gateway has a feed. */
  boolean publishes();

  /** Whose torrent it is, when this gateway has it for another one. */
  Optional<URI> mirroredFrom(InfoHash infoHash);

  /** Whether a torrent is here for no other reason than that somebody asked for its bytes. */
  boolean isPassing(InfoHash infoHash);

  /**
   * A gateway says that it mirrors this one; it is asked for proof soon.
   *
   * @return false when it is none of those that the operator named
   */
  boolean offered(URI url);

  List<Followed> followed();

  List<Known> known();
}
