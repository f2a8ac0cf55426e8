package io.sluice.discovery.dht;

import io.sluice.discovery.PeerSink;
import io.sluice.wire.InfoHash;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A network of many nodes in one thread and without waiting: latency, loss and death by a seeded
 * generator, its own clock.
 */
final class SimNetwork {

  /** Whoever has an address: an honest node or a liar. */
  interface Host {
    void receive(InetSocketAddress from, ByteBuffer packet);

    void tick();
  }

  private record Event(long at, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private static final long ORIGIN = Long.MAX_VALUE - 10 * Nodes.SECOND;

  final Random random;
  final Map<InetSocketAddress, Host> hosts = new HashMap<>();
  private final Set<InetSocketAddress> dead = new HashSet<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final double loss;
  private long elapsed;
  private long order;
  long delivered;
  long lost;
  long toTheDead;

  SimNetwork(Random random, double loss) {
    this.random = random;
    this.loss = loss;
  }

  long now() {
    return ORIGIN + elapsed;
  }

  long elapsed() {
    return elapsed;
  }

  void after(long nanos, Runnable action) {
    events.add(new Event(elapsed + nanos, order++, action));
  }

  /** Lets time pass. */
  void run(long nanos) {
    long end = elapsed + nanos;
    Event next = events.peek();
    while (next != null && next.at() <= end) {
      events.remove();
      elapsed = next.at();
      next.action().run();
      next = events.peek();
    }
    elapsed = end;
  }

  void send(InetSocketAddress from, InetSocketAddress to, ByteBuffer packet) {
    if (random.nextDouble() < loss) {
      lost++;
      return;
    }
    long latency = (long) ((0.01 + 0.15 * random.nextDouble()) * Nodes.SECOND);
    after(latency, () -> deliver(from, to, packet));
  }

  private void deliver(InetSocketAddress from, InetSocketAddress to, ByteBuffer packet) {
    Host host = hosts.get(to);
    if (host == null || dead.contains(to)) {
      toTheDead++;
    } else {
      delivered++;
      host.receive(from, packet);
    }
  }

  void kill(InetSocketAddress address) {
    dead.add(address);
  }

  boolean isAlive(InetSocketAddress address) {
    return !dead.contains(address);
  }

  /** An address that nobody has yet, nearly always in a subnet of its own. */
  InetSocketAddress newAddress() {
    while (true) {
      byte[] ip = new byte[4];
      random.nextBytes(ip);
      ip[0] = (byte) (20 + random.nextInt(100));
      InetSocketAddress address = new InetSocketAddress(address(ip), 1024 + random.nextInt(60_000));
      if (!hosts.containsKey(address)) {
        return address;
      }
    }
  }

  private static InetAddress address(byte[] ip) {
    try {
      return InetAddress.getByAddress(ip);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Adds an honest node. */
  Honest honest(Function<DhtSettings, DhtSettings> settings, List<InetSocketAddress> bootstrap) {
    return honest(newAddress(), settings, bootstrap);
  }

  Honest honest(
      InetSocketAddress address,
      Function<DhtSettings, DhtSettings> settings,
      List<InetSocketAddress> bootstrap) {
    Honest node = new Honest(address, settings, bootstrap);
    add(address, node);
    return node;
  }

  void add(InetSocketAddress address, Host host) {
    hosts.put(address, host);
    host.tick();
  }

  /** One of our nodes. */
  final class Honest implements Host {

    final InetSocketAddress address;
    final DhtCore core;
    final Map<SearchTask, List<InetSocketAddress>> found = new HashMap<>();
    final Map<SearchTask, Long> firstFoundAt = new HashMap<>();
    private final List<InetSocketAddress> bootstrap;

    Honest(
        InetSocketAddress address,
        Function<DhtSettings, DhtSettings> settings,
        List<InetSocketAddress> bootstrap) {
      this.address = address;
      this.bootstrap = bootstrap;
      DhtSettings own = DhtSettings.on(address).withBootstrap(bootstrap);
      this.core =
          new DhtCore(
              settings.apply(own),
              EnumSet.of(AddressFamily.IPV4),
              new Random(random.nextLong()),
              now());
    }

    @Override
    public void receive(InetSocketAddress from, ByteBuffer packet) {
      perform(core.receive(from, packet, now()));
    }

    @Override
    public void tick() {
      if (isAlive(address)) {
        perform(core.tick(now()));
        after(core.pauseNanos(), this::tick);
      }
    }

    private void perform(List<DhtEffect> effects) {
      for (DhtEffect effect : effects) {
        switch (effect) {
          case DhtEffect.Send(InetSocketAddress to, ByteBuffer packet) -> send(address, to, packet);
          case DhtEffect.Found(SearchTask search, List<InetSocketAddress> peers) -> {
            found.computeIfAbsent(search, _ -> new ArrayList<>()).addAll(peers);
            firstFoundAt.putIfAbsent(search, elapsed);
          }
          case DhtEffect.Resolve() ->
              after(
                  Nodes.SECOND / 20,
                  () -> {
                    if (isAlive(address)) {
                      perform(core.resolved(bootstrap, now()));
                    }
                  });
        }
      }
    }

    SearchTask search(InfoHash torrent, int announcedPort) {
      SearchTask task = new SearchTask(torrent, announcedPort, PeerSink.NONE);
      core.open(task);
      return task;
    }

    DhtStatus.Side side() {
      return core.status(now()).ipv4().orElseThrow();
    }

    @Nullable Long foundAfter(SearchTask search, long startedAt) {
      Long at = firstFoundAt.get(search);
      return at == null ? null : at - startedAt;
    }
  }
}
