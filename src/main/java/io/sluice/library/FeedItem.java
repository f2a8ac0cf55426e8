package io.sluice.library;

import io.sluice.wire.InfoHash;
import java.net.URI;
import java.time.Instant;

/**
 * What a gateway's feed says of one of its torrents; nothing of it is known to be true.
 *
 * @param lengthBytes of all files, at least 1
 * @param views as the gateway counts them
 * @param torrent where its {@code .torrent} is
 */
public record FeedItem(
    InfoHash infoHash, Instant published, long lengthBytes, long views, URI torrent) {

  public FeedItem {
    if (lengthBytes < 1 || views < 0) {
      throw new IllegalArgumentException("%d bytes, %d views".formatted(lengthBytes, views));
    }
  }
}
