package io.sluice.discovery.dht;

import io.sluice.wire.InfoHash;

/**
 * An open search for the peers of one torrent: repeated about every 15 minutes until it is closed.
 *
 * <p>Safe for any thread.
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

  /** Asks for the next run soon, though not within a minute of the last: somebody is waiting. */
  public void hurry() {
    node.hurry(task);
  }

  /** Ends the search; nothing more is reported, but for a report that is under way. */
  @Override
  public void close() {
    task.close();
  }
}
