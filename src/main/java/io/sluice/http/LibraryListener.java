package io.sluice.http;

import io.sluice.wire.InfoHash;

/**
 * Hears what people do to the library through the API, whoever else holds torrents there. Safe for
 * any thread; quick.
 */
public interface LibraryListener {

  /** Somebody added the torrent by name, known or not: it is theirs now. */
  void claimed(InfoHash infoHash);

  /** Somebody removed it. */
  void removed(InfoHash infoHash);
}
