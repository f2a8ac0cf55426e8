package io.sluice.app;

import io.sluice.library.FeedItem;
import io.sluice.wire.InfoHash;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was read of another gateway's feed, all pages together.
 *
 * @param items that may be mirrored
 * @param complete those that the gateway says it has all of
 * @param entityTag of the first page
 * @param offers where its mirrors say that they are such
 */
record Feed(
    List<FeedItem> items,
    Set<InfoHash> complete,
    Optional<String> entityTag,
    Optional<URI> offers) {
  Feed {
    items = List.copyOf(items);
    complete = Set.copyOf(complete);
  }
}
