package io.sluice.http;

import io.sluice.metainfo.Magnet;
import io.sluice.metainfo.Metainfo;
import java.net.URI;

/** Fetches a {@code .torrent} that a caller names by its URL. Safe for any thread. */
public interface TorrentFetcher {

  /**
   * The torrent there; blocks.
   *
   * @throws ProblemException when it cannot be had, or is none; one line says why
   */
  Metainfo fetch(URI url);

  /**
   * Begins to fetch the metadata of a torrent that was added, if the link says where it is ({@code
   * xs}).
   */
  void seek(Magnet magnet);
}
