package io.sluice.discovery.dht;

import io.sluice.discovery.PeerSink;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A node of the distributed hash table (BEP 5): finds the peers of torrents, and does its part for
 * others. Never to be used for private torrents (BEP 27).
 *
 * <p>Safe for any thread; no method but {@link #close} waits. One thread does all: see {@link
 * DhtLoop}.
 */
public final class DhtNode implements AutoCloseable {

  private final DhtLoop loop;
  private final int port;
  private final int maxSearches;
  private final AtomicInteger searches = new AtomicInteger();

  private DhtNode(DhtLoop loop, int port, int maxSearches) {
    this.loop = loop;
    this.port = port;
    this.maxSearches = maxSearches;
  }

  /**
   * Opens the sockets and begins to join the network.
   *
   * @param keeper gets, every few minutes and once at the end, what to {@link DhtState#save} for
   *     the next run, on a thread that may block
   * @throws IOException when an address to listen on cannot be had
   */
  public static DhtNode open(DhtSettings settings, Consumer<DhtState> keeper) throws IOException {
    DhtSockets sockets = DhtSockets.open(settings.bind());
    DhtCore core = new DhtCore(settings, sockets.families(), new SecureRandom(), System.nanoTime());
    DhtLoop loop = new DhtLoop(settings, sockets, core, keeper);
    loop.start();
    return new DhtNode(loop, sockets.port(), settings.limits().lookups().searches());
  }

  /** The UDP port, of the first socket when there are several: what a PORT message says. */
  public int port() {
    return port;
  }

  /**
   * Looks for peers of a torrent, at once and about every 15 minutes from then on.
   *
   * @param announcedPort where we accept peers over TCP, 1..65535, of which those that know the
   *     torrent are told; 0 to tell nobody
   * @param sink gets every address that the policy allows, the same one again in each run
   * @throws IllegalStateException when as many searches are open as the limits allow
   */
  public DhtSearch search(InfoHash infoHash, int announcedPort, PeerSink sink) {
    SearchTask task = new SearchTask(infoHash, announcedPort, sink);
    if (searches.incrementAndGet() > maxSearches) {
      searches.decrementAndGet();
      throw new IllegalStateException("as many DHT searches are open as the limits allow");
    }
    loop.post((core, _) -> core.open(task));
    return new DhtSearch(this, task);
  }

  void hurry(SearchTask task) {
    if (!task.isClosed()) {
      loop.post((core, now) -> core.hurry(task, now));
    }
  }

  void close(SearchTask task) {
    if (task.close()) {
      searches.decrementAndGet();
      loop.post((core, _) -> core.close(task));
    }
  }

  /** A peer says that there is a DHT node (PORT message of BEP 5): it is asked whether it is so. */
  public void addNode(InetSocketAddress address) {
    if (!address.isUnresolved()) {
      loop.candidate(address);
    }
  }

  /** How it fares; at most a second old. */
  public DhtStatus status() {
    return loop.status();
  }

  /** Closes the sockets and waits until the thread has ended, a few seconds at most. */
  @Override
  public void close() {
    loop.close();
  }
}
