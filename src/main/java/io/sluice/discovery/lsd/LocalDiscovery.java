package io.sluice.discovery.lsd;

import io.sluice.discovery.PeerSink;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Finds peers in the networks that this machine is part of, and is found by them (BEP 14). Never to
 * be used for private torrents (BEP 27).
 *
 * <p>Safe for any thread; no method but {@link #close()} waits. One thread reads and writes the
 * sockets.
 */
public final class LocalDiscovery implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LocalDiscovery.class);

  private static final int PORT = 6771;
  private static final InetSocketAddress GROUP4 =
      new InetSocketAddress(InetAddress.ofLiteral("239.192.152.143"), PORT);
  private static final InetSocketAddress GROUP6 =
      new InetSocketAddress(InetAddress.ofLiteral("ff15::efc0:988f"), PORT);

  private static final long TICK_MILLIS = 1_000;
  private static final long INTERFACES_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long ERROR_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

  /** One interface in one address family. */
  private record Network(String name, boolean ipv6) {}

  /** A socket that hears all networks of one family. */
  private record Line(DatagramChannel channel, InetSocketAddress group) {
    boolean ipv6() {
      return group.getAddress() instanceof Inet6Address;
    }
  }

  private final LsdLimits limits;
  private final int announcedPort;
  private final Predicate<InetAddress> policy;
  private final String cookie;
  private final List<Line> lines = new ArrayList<>();
  private final Selector selector;
  private final Thread thread;

  /** In the order of opening. */
  private final Map<Long, LocalSearch> open = new ConcurrentSkipListMap<>();

  private final Map<InfoHash, LocalSearch> byTorrent = new ConcurrentHashMap<>();
  private final AtomicLong opened = new AtomicLong();

  // Of the thread.
  private final Map<Network, AnnounceTurns> networks = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(LsdMessage.MAX_BYTES + 1);
  private long interfacesAt;
  private long readFrom;
  private int reads;

  private volatile boolean closed;

  private LocalDiscovery(int announcedPort, Predicate<InetAddress> policy, LsdLimits limits)
      throws IOException {
    this.announcedPort = announcedPort;
    this.policy = policy;
    this.limits = limits;
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    this.cookie = "SL-" + HexFormat.of().formatHex(random);
    this.selector = Selector.open();
    this.thread = Thread.ofPlatform().daemon().name("sluice-lsd").unstarted(this::run);
  }

  /**
   * Joins the groups on all interfaces that know multicast.
   *
   * @param announcedPort where we accept peers over TCP; 0 to listen only
   * @param policy which addresses may be reported as peers
   * @throws IOException when the port cannot be had
   */
  public static LocalDiscovery open(
      int announcedPort, Predicate<InetAddress> policy, LsdLimits limits) throws IOException {
    LocalDiscovery discovery = new LocalDiscovery(announcedPort, policy, limits);
    try {
      discovery.listen(StandardProtocolFamily.INET, GROUP4);
      discovery.listen6();
    } catch (IOException failure) {
      discovery.closeSockets();
      throw failure;
    }
    discovery.thread.start();
    return discovery;
  }

  private void listen6() {
    try {
      listen(StandardProtocolFamily.INET6, GROUP6);
    } catch (IOException | UnsupportedOperationException noIpv6) {
      LOG.debugf("LSD: no IPv6: %s", noIpv6);
    }
  }

  private void listen(StandardProtocolFamily family, InetSocketAddress group) throws IOException {
    DatagramChannel channel = DatagramChannel.open(family);
    try {
      channel.configureBlocking(false);
      // Every client of this machine that does LSD listens on this port.
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      // Bound to the group itself, so that nothing but its packets comes in.
      channel.bind(group);
      channel.register(selector, SelectionKey.OP_READ);
      lines.add(new Line(channel, group));
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw new IOException(
          "cannot listen on UDP port " + PORT + ": " + failure.getMessage(), failure);
    }
  }

  /**
   * Announces a torrent now and again, and reports its peers.
   *
   * @return empty when as many are open as the limits allow, or this one is already
   */
  public Optional<LocalSearch> search(InfoHash infoHash, PeerSink sink) {
    long serial = opened.getAndIncrement();
    LocalSearch search = new LocalSearch(this, serial, infoHash, sink);
    if (open.size() >= limits.torrents() || byTorrent.putIfAbsent(infoHash, search) != null) {
      return Optional.empty();
    }
    // Announced with the next tick.
    open.put(serial, search);
    return Optional.of(search);
  }

  void close(LocalSearch search) {
    if (byTorrent.remove(search.infoHash(), search)) {
      open.remove(search.serial());
    }
  }

  private void run() {
    while (!closed) {
      try {
        selector.select(this::read, TICK_MILLIS);
        tick(System.nanoTime());
      } catch (IOException | RuntimeException failure) {
        LOG.debugf(failure, "LSD");
        LockSupport.parkNanos(ERROR_PAUSE_NANOS);
      }
    }
  }

  private void tick(long now) throws IOException {
    if (networks.isEmpty() || now - interfacesAt >= INTERFACES_NANOS) {
      interfacesAt = now;
      join(now);
    }
    if (announcedPort == 0 || open.isEmpty()) {
      return;
    }
    List<InfoHash> torrents = open.values().stream().map(LocalSearch::infoHash).toList();
    for (Map.Entry<Network, AnnounceTurns> network : networks.entrySet()) {
      network.getValue().age(now);
      List<InfoHash> next = network.getValue().next(torrents, now);
      if (!next.isEmpty()) {
        announce(network.getKey(), next);
      }
    }
  }

  /** Networks come and go; to join one twice changes nothing. */
  private void join(long now) throws SocketException {
    List<NetworkInterface> interfaces =
        NetworkInterface.networkInterfaces()
            .filter(LocalDiscovery::isUsable)
            .limit(limits.networks())
            .toList();
    for (NetworkInterface each : interfaces) {
      for (Line line : lines) {
        if (has(each, line.ipv6()) && isJoined(line, each)) {
          networks.computeIfAbsent(
              new Network(each.getName(), line.ipv6()), _ -> new AnnounceTurns(limits, now));
        }
      }
    }
    networks
        .keySet()
        .removeIf(
            network ->
                interfaces.stream().noneMatch(each -> each.getName().equals(network.name())));
  }

  private static boolean isUsable(NetworkInterface each) {
    try {
      return each.isUp() && each.supportsMulticast();
    } catch (SocketException gone) {
      return false;
    }
  }

  private static boolean has(NetworkInterface each, boolean ipv6) {
    return each.inetAddresses().anyMatch(address -> address instanceof Inet4Address != ipv6);
  }

  private static boolean isJoined(Line line, NetworkInterface each) {
    try {
      line.channel().join(line.group().getAddress(), each);
      return true;
    } catch (IOException | RuntimeException refused) {
      LOG.debugf("LSD: cannot join on %s: %s", each.getName(), refused);
      return false;
    }
  }

  private void announce(Network network, List<InfoHash> torrents) {
    LsdMessage message = new LsdMessage(announcedPort, torrents, Optional.of(cookie));
    for (Line line : lines) {
      if (line.ipv6() == network.ipv6()) {
        try {
          line.channel()
              .setOption(
                  StandardSocketOptions.IP_MULTICAST_IF,
                  NetworkInterface.getByName(network.name()));
          line.channel().send(message.encode(line.group()), line.group());
        } catch (IOException | RuntimeException unreachable) {
          LOG.debugf("LSD: cannot announce on %s: %s", network.name(), unreachable);
        }
      }
    }
  }

  private void read(SelectionKey key) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    try {
      while (!closed) {
        buffer.clear();
        if (!(channel.receive(buffer) instanceof InetSocketAddress from)) {
          return;
        }
        buffer.flip();
        if (isInTime(System.nanoTime())) {
          heard(from);
        }
      }
    } catch (IOException failure) {
      LOG.debugf("LSD: cannot receive: %s", failure);
    }
  }

  private boolean isInTime(long now) {
    if (now - readFrom >= TimeUnit.SECONDS.toNanos(1)) {
      readFrom = now;
      reads = 0;
    }
    return ++reads <= limits.packetsPerSecond();
  }

  private void heard(InetSocketAddress from) {
    try {
      LsdMessage message = LsdMessage.decode(buffer);
      if (message.cookie().filter(cookie::equals).isPresent() || !policy.test(from.getAddress())) {
        return;
      }
      InetSocketAddress peer = new InetSocketAddress(from.getAddress(), message.port());
      for (InfoHash torrent : message.torrents()) {
        Optional.ofNullable(byTorrent.get(torrent)).ifPresent(search -> search.found(peer));
      }
    } catch (WireException malformed) {
      LOG.tracef("LSD: %s", malformed.getMessage());
    }
  }

  /** Leaves the groups, and waits until the thread has ended, a few seconds at most. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    selector.wakeup();
    try {
      if (thread.join(CLOSE_WAIT)) {
        closeSockets();
      } else {
        LOG.warn("LSD: its thread still runs");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeSockets() {
    try {
      for (Line line : lines) {
        line.channel().close();
      }
      selector.close();
    } catch (IOException failure) {
      LOG.debugf("LSD: closing: %s", failure);
    }
  }
}
