package io.sluice.discovery.dht;

import io.sluice.wire.DhtCodec;
import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A node of the distributed hash table (BEP 5): finds the peers of torrents, and does its part for
 * others.
 *
 * <p>Safe for any thread. No method waits for the network. One virtual thread reads each socket,
 * one keeps the time, one calls those who wait for peers; a platform thread resolves the names of
 * the bootstrap nodes when they are needed. Never use it for private torrents (BEP 27).
 */
public final class DhtNode implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DhtNode.class);

  private static final int MAX_UNREPORTED = 8_192;
  private static final int MAX_ADDRESSES_PER_NAME = 8;
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);
  private static final long ERROR_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final DhtSettings settings;
  private final DhtSockets sockets;
  private final DhtCore core;
  private final int port;
  private final BlockingQueue<DhtEffect.Found> unreported =
      new ArrayBlockingQueue<>(MAX_UNREPORTED);
  private final List<Thread> threads = new ArrayList<>();

  /** Guards the core. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition wake = lock.newCondition();
  private Thread resolver = new Thread(() -> {});
  private final DhtLog log = new DhtLog(LOG);
  private boolean tickWanted = true;
  private boolean closed;

  private DhtNode(DhtSettings settings, DhtSockets sockets) throws IOException {
    this.settings = settings;
    this.sockets = sockets;
    this.port = sockets.port();
    this.core = new DhtCore(settings, sockets.families(), new SecureRandom(), System.nanoTime());
  }

  /**
   * Opens the sockets and begins to join the network.
   *
   * @throws IOException when an address to listen on cannot be had
   */
  public static DhtNode open(DhtSettings settings) throws IOException {
    DhtSockets sockets = DhtSockets.open(settings.bind());
    DhtNode node = new DhtNode(settings, sockets);
    node.start();
    return node;
  }

  private void start() {
    for (DatagramChannel channel : sockets.channels()) {
      threads.add(Thread.ofVirtual().name("sluice-dht-receive").unstarted(() -> receive(channel)));
    }
    threads.add(Thread.ofVirtual().name("sluice-dht-timer").unstarted(this::keepTime));
    threads.add(Thread.ofVirtual().name("sluice-dht-report").unstarted(this::report));
    threads.forEach(Thread::start);
  }

  /** The UDP port, of the first socket when there are several: what a PORT message says. */
  public int port() {
    return port;
  }

  /**
   * Looks for peers of a torrent, now and again about every 15 minutes.
   *
   * @param announce whether, and how, others are told that we have peers' port for the torrent
   * @param found gets every address that the policy allows, the same one again in each run; called
   *     on a thread of the node, one call at a time; it should not block
   * @throws IllegalStateException when as many searches are open as the limits allow
   */
  public DhtSearch search(
      InfoHash infoHash, DhtAnnounce announce, Consumer<InetSocketAddress> found) {
    return locked(
        () -> {
          SearchTask task = core.search(infoHash, announce, found, System.nanoTime());
          wakeTimer();
          return new DhtSearch(this, task);
        });
  }

  void hurry(SearchTask task) {
    locked(
        () -> {
          core.hurry(task, System.nanoTime());
          wakeTimer();
          return task;
        });
  }

  /** A peer says that there is a DHT node (PORT message of BEP 5): it is asked whether it is so. */
  public void addNode(InetSocketAddress address) {
    if (!address.isUnresolved()) {
      locked(
          () -> {
            core.addNode(address, System.nanoTime());
            wakeTimer();
            return address;
          });
    }
  }

  public DhtStatus status() {
    return locked(() -> core.status(System.nanoTime()));
  }

  /** What to {@link DhtState#save} for the next run. */
  public DhtState state() {
    return locked(core::state);
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private void receive(DatagramChannel channel) {
    // One byte more than is allowed, so that what is too long is seen to be.
    ByteBuffer buffer = ByteBuffer.allocateDirect(DhtCodec.MAX_PACKET_BYTES + 1);
    while (channel.isOpen()) {
      try {
        buffer.clear();
        if (channel.receive(buffer) instanceof InetSocketAddress from) {
          buffer.flip();
          perform(locked(() -> core.receive(from, buffer, System.nanoTime())));
        }
      } catch (ClosedChannelException closing) {
        return;
      } catch (IOException failure) {
        LOG.debugf("DHT: cannot receive: %s", failure);
        LockSupport.parkNanos(ERROR_PAUSE_NANOS);
      } catch (RuntimeException bug) {
        log.bug(bug);
      }
    }
  }

  private void keepTime() {
    List<DhtEffect> effects = List.of();
    while (true) {
      try {
        perform(effects);
        effects = nextTick();
      } catch (InterruptedException closing) {
        return;
      } catch (RuntimeException bug) {
        log.bug(bug);
        effects = List.of();
      }
    }
  }

  private List<DhtEffect> nextTick() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = core.pauseNanos();
      while (!tickWanted && nanos > 0) {
        nanos = wake.awaitNanos(nanos);
      }
      tickWanted = false;
      List<DhtEffect> effects = core.tick(System.nanoTime());
      log.totals(core.totals());
      return effects;
    } finally {
      lock.unlock();
    }
  }

  private void wakeTimer() {
    tickWanted = true;
    wake.signalAll();
  }

  private void perform(List<DhtEffect> effects) {
    for (DhtEffect effect : effects) {
      switch (effect) {
        case DhtEffect.Send(InetSocketAddress to, ByteBuffer packet) -> send(packet, to);
        // What is dropped when the receiver lags so far behind will be found again.
        case DhtEffect.Found found -> unreported.offer(found);
        case DhtEffect.Resolve() -> resolve();
      }
    }
  }

  private void send(ByteBuffer packet, InetSocketAddress to) {
    try {
      sockets.towards(to).send(packet, to);
    } catch (IOException | RuntimeException unreachable) {
      // No route, or a closing socket: to the core it is one more packet that got lost.
      LOG.tracef("DHT: cannot send to %s: %s", to, unreachable);
    }
  }

  private void report() {
    try {
      while (true) {
        DhtEffect.Found next = unreported.take();
        if (!next.search().isClosed()) {
          report(next);
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(DhtEffect.Found found) {
    try {
      found.search().found().accept(found.peer());
    } catch (RuntimeException bug) {
      log.bug(bug);
    }
  }

  /** Name look-ups may block a thread for long, and a virtual one with its carrier. */
  private void resolve() {
    locked(
        () -> {
          if (!closed && !resolver.isAlive()) {
            resolver = Thread.ofPlatform().daemon().name("sluice-dht-names").start(this::lookUp);
          }
          return resolver;
        });
  }

  private void lookUp() {
    List<InetSocketAddress> addresses =
        settings.bootstrap().stream().flatMap(DhtNode::addresses).toList();
    perform(locked(() -> core.resolved(addresses, System.nanoTime())));
  }

  private static Stream<InetSocketAddress> addresses(InetSocketAddress node) {
    if (!node.isUnresolved()) {
      return Stream.of(node);
    }
    try {
      return Arrays.stream(InetAddress.getAllByName(node.getHostString()))
          .limit(MAX_ADDRESSES_PER_NAME)
          .map(address -> new InetSocketAddress(address, node.getPort()));
    } catch (UnknownHostException unknown) {
      return Stream.of();
    }
  }

  /**
   * Closes the sockets and ends the threads, those that wait for a name at the latest when that
   * look-up ends.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    try {
      sockets.close();
    } catch (IOException failure) {
      LOG.debugf("DHT: closing: %s", failure);
    }
    threads.forEach(Thread::interrupt);
    threads.forEach(DhtNode::join);
  }

  private static void join(Thread thread) {
    try {
      if (!thread.equals(Thread.currentThread()) && !thread.join(CLOSE_WAIT)) {
        LOG.warnf("DHT: %s still runs", thread.getName());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
