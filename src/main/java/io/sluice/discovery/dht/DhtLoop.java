package io.sluice.discovery.dht;

import io.sluice.discovery.AddressPolicy.Verdict;
import io.sluice.wire.DhtCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Drives a core: the one thread that reads the sockets, writes to them and keeps the time. Names
 * are resolved elsewhere, and what is to outlive the process is handed to a thread that may block.
 *
 * <p>Others post what they want done; {@link #status} is a snapshot.
 */
final class DhtLoop {

  /** Something that the thread is to do with its core. */
  @FunctionalInterface
  interface Command {
    void run(DhtCore core, long nowNanos);
  }

  private static final Logger LOG = Logger.getLogger(DhtNode.class);

  /** So many datagrams are read in a row before the time is looked at again. */
  private static final int READS = 256;

  /** What peers say faster than we listen is not worth keeping. */
  private static final int MAX_CANDIDATES = 256;

  private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long KEEP_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long ERROR_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

  private static final Duration NAME_WAIT = Duration.ofSeconds(15);
  private static final Verdict LATE = new Verdict.Refused("no answer");
  private static final int MAX_ADDRESSES_PER_NAME = 8;

  private final DhtSettings settings;
  private final DhtSockets sockets;
  private final DhtCore core;
  private final Consumer<DhtState> keeper;
  private final Selector selector;
  private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
  private final Queue<InetSocketAddress> candidates = new ArrayBlockingQueue<>(MAX_CANDIDATES);
  private final DhtLog log = new DhtLog(LOG);
  private final Thread thread;

  /** One byte more than is allowed, so that what is too long is seen to be. */
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(DhtCodec.MAX_PACKET_BYTES + 1);

  private volatile DhtStatus status;
  private volatile boolean closed;
  private long tickAt;
  private long statusAt;
  private long keepAt;

  DhtLoop(DhtSettings settings, DhtSockets sockets, DhtCore core, Consumer<DhtState> keeper)
      throws IOException {
    this.settings = settings;
    this.sockets = sockets;
    this.core = core;
    this.keeper = keeper;
    this.selector = sockets.register();
    this.status = core.status(System.nanoTime());
    this.thread = Thread.ofPlatform().daemon().name("sluice-dht").unstarted(this::run);
  }

  void start() {
    tickAt = System.nanoTime();
    statusAt = tickAt;
    keepAt = tickAt + KEEP_NANOS;
    thread.start();
  }

  void post(Command command) {
    commands.add(command);
    wake();
  }

  /** A selector that is closed must not be woken. */
  private void wake() {
    synchronized (selector) {
      if (selector.isOpen()) {
        selector.wakeup();
      }
    }
  }

  /** There may be a node at this address. */
  void candidate(InetSocketAddress address) {
    if (candidates.offer(address)) {
      wake();
    }
  }

  DhtStatus status() {
    return status;
  }

  private void run() {
    while (!closed) {
      try {
        step();
      } catch (IOException failure) {
        LOG.debugf("DHT: cannot wait for packets: %s", failure);
        LockSupport.parkNanos(ERROR_PAUSE_NANOS);
      } catch (RuntimeException bug) {
        log.bug(bug);
        LockSupport.parkNanos(ERROR_PAUSE_NANOS);
      }
    }
  }

  private void step() throws IOException {
    long pauseNanos = tickAt - System.nanoTime();
    if (pauseNanos > 0) {
      selector.select(this::read, 1 + TimeUnit.NANOSECONDS.toMillis(pauseNanos));
    } else {
      selector.selectNow(this::read);
    }
    long now = System.nanoTime();
    boolean asked = obey(now);
    if (asked || now - tickAt >= 0) {
      perform(core.tick(now));
      tickAt = now + core.pauseNanos();
      look(now);
    }
  }

  private boolean obey(long now) {
    boolean any = false;
    for (Command next = commands.poll(); next != null; next = commands.poll()) {
      next.run(core, now);
      any = true;
    }
    for (InetSocketAddress next = candidates.poll(); next != null; next = candidates.poll()) {
      core.addNode(next, now);
      any = true;
    }
    return any;
  }

  private void look(long now) {
    if (now - statusAt >= 0) {
      statusAt = now + STATUS_NANOS;
      status = core.status(now);
      log.totals(status.totals());
    }
    if (now - keepAt >= 0) {
      keepAt = now + KEEP_NANOS;
      DhtState state = core.state();
      Thread.ofVirtual().name("sluice-dht-keep").start(() -> keeper.accept(state));
    }
  }

  private void read(SelectionKey key) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    try {
      for (int i = 0; i < READS && !closed; i++) {
        buffer.clear();
        if (!(channel.receive(buffer) instanceof InetSocketAddress from)) {
          return;
        }
        buffer.flip();
        perform(core.receive(from, buffer, System.nanoTime()));
      }
    } catch (IOException failure) {
      LOG.debugf("DHT: cannot receive: %s", failure);
    }
  }

  private void perform(List<DhtEffect> effects) {
    for (DhtEffect effect : effects) {
      switch (effect) {
        case DhtEffect.Send(InetSocketAddress to, ByteBuffer packet) -> send(packet, to);
        case DhtEffect.Found(SearchTask search, List<InetSocketAddress> peers) ->
            report(search, peers);
        case DhtEffect.Resolve() -> resolve();
      }
    }
  }

  private void send(ByteBuffer packet, InetSocketAddress to) {
    try {
      sockets.towards(to).send(packet, to);
    } catch (IOException | RuntimeException unreachable) {
      // No route, or no room in the buffer: to the core it is one more packet that got lost.
      LOG.tracef("DHT: cannot send to %s: %s", to, unreachable);
    }
  }

  private void report(SearchTask search, List<InetSocketAddress> peers) {
    try {
      search.report(peers);
    } catch (RuntimeException bug) {
      log.bug(bug);
    }
  }

  private void resolve() {
    List<CompletableFuture<Verdict>> verdicts =
        settings.bootstrap().stream().map(this::resolve).toList();
    var _ =
        CompletableFuture.allOf(verdicts.toArray(new CompletableFuture<?>[0]))
            .thenRun(
                () -> {
                  List<InetSocketAddress> addresses =
                      verdicts.stream().map(CompletableFuture::join).flatMap(DhtLoop::of).toList();
                  post((core, now) -> perform(core.resolved(addresses, now)));
                });
  }

  private CompletableFuture<Verdict> resolve(InetSocketAddress node) {
    return settings
        .names()
        .resolve(node.getHostString(), node.getPort())
        .toCompletableFuture()
        .completeOnTimeout(LATE, NAME_WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Stream<InetSocketAddress> of(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Allowed(List<InetSocketAddress> addresses) ->
          addresses.stream().limit(MAX_ADDRESSES_PER_NAME);
      case Verdict.Refused _ -> Stream.of();
    };
  }

  /** Waits until the thread has ended, and gives back what it held. */
  void close() {
    closed = true;
    wake();
    try {
      if (!thread.join(CLOSE_WAIT)) {
        LOG.warn("DHT: its thread still runs");
        return;
      }
      synchronized (selector) {
        selector.close();
      }
      sockets.close();
    } catch (IOException failure) {
      LOG.debugf("DHT: closing: %s", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return;
    }
    keeper.accept(core.state());
  }
}
