package io.sluice.discovery.dht;

import io.sluice.wire.InfoHash;

/**
 * An open search for the peers of one torrent: repeated about every 15 minutes until it is closed.
 *
 * <p>Safe for any thread; no method blocks.
 */
public final class DhtSearch implements AutoCloseable {

  private final DhtNode node;
  private final SearchTask task;

  DhtSearch(DhtNode node, SearchTask task) {
    this.node = node;
    this.task = task;
  }

  public InfoHash infoHash() {
    return task.infoHash();
  }

  /**
   * Says that somebody waits for peers; to be repeated while that is so. The next run then comes
   * sooner: 15 s after the last one began, and less and less often, in the end every 5 minutes.
   */
  public void hurry() {
    node.hurry(task);
  }

  /** Ends the search; nothing more is reported, but for a report that is under way. */
  @Override
  public void close() {
    node.close(task);
  }
}
