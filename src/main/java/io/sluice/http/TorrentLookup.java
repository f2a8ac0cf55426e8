package io.sluice.http;

import io.sluice.swarm.Swarm;
import io.sluice.wire.InfoHash;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds the torrent that a URL names. Safe for any thread; does not block. */
@FunctionalInterface
public interface TorrentLookup {

  /**
   * The torrent's swarm; empty when this gateway does not serve it. The stage is the caller's own,
   * who cancels it when it takes too long.
   */
  CompletionStage<Optional<Swarm>> find(InfoHash infoHash);
}
