package io.sluice.http;

import io.sluice.metainfo.Metainfo;
import java.net.URI;

/** Fetches a {@code .torrent} that a caller names by its URL. Safe for any thread; blocks. */
@FunctionalInterface
public interface TorrentFetcher {

  /**
   * The torrent there.
   *
   * @throws ProblemException when it cannot be had, or is none; one line says why
   */
  Metainfo fetch(URI url);
}
