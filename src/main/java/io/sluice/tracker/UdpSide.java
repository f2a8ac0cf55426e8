package io.sluice.tracker;

import io.sluice.wire.AddressReply.Announced;
import io.sluice.wire.AddressReply.Failure;
import io.sluice.wire.AddressReply.Peer;
import io.sluice.wire.AddressReply.Scraped;
import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.UdpTrackerCodec;
import io.sluice.wire.UdpTrackerMessage;
import io.sluice.wire.UdpTrackerMessage.AnnounceRequest;
import io.sluice.wire.UdpTrackerMessage.ConnectRequest;
import io.sluice.wire.UdpTrackerMessage.Connected;
import io.sluice.wire.UdpTrackerMessage.Reply;
import io.sluice.wire.UdpTrackerMessage.Request;
import io.sluice.wire.UdpTrackerMessage.ScrapeRequest;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The tracker over UDP (BEP 15), by one socket and one thread.
 *
 * <p>Keeps nothing about who has not proven its address, and sends nobody who has not more than it
 * was sent: forged requests make no floods.
 */
final class UdpSide implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(UdpSide.class);

  private static final int MAX_REQUEST_BYTES = 2_048;
  private static final int IPV4_PEER_BYTES = 6;
  private static final int IPV6_PEER_BYTES = 18;
  private static final int ANNOUNCED_HEADER_BYTES = 20;
  private static final String EXPIRED = "connection id expired";

  private final AddressRequests requests;
  private final TrackerTotals totals;
  private final LongSupplier nanoTime;
  private final ConnectionIds connectionIds = new ConnectionIds(new SecureRandom());
  private final DatagramChannel channel;

  private UdpSide(
      AddressRequests requests,
      TrackerTotals totals,
      LongSupplier nanoTime,
      DatagramChannel channel) {
    this.requests = requests;
    this.totals = totals;
    this.nanoTime = nanoTime;
    this.channel = channel;
  }

  /**
   * Begins to listen.
   *
   * @throws IOException when that cannot be
   */
  static UdpSide open(
      InetSocketAddress address,
      AddressRequests requests,
      TrackerTotals totals,
      LongSupplier nanoTime)
      throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    try {
      channel.bind(address);
    } catch (IOException taken) {
      channel.close();
      throw taken;
    }
    UdpSide side = new UdpSide(requests, totals, nanoTime, channel);
    Thread.ofPlatform().name("sluice-tracker-udp").daemon().start(side::serve);
    return side;
  }

  /** Where it listens. */
  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) channel.getLocalAddress();
  }

  private void serve() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(MAX_REQUEST_BYTES);
    while (true) {
      try {
        datagram.clear();
        if (channel.receive(datagram) instanceof InetSocketAddress from) {
          reply(datagram.flip(), from);
        }
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException undeliverable) {
        LOG.debugf("A datagram was lost: %s", undeliverable.getMessage());
      }
    }
  }

  private void reply(ByteBuffer datagram, InetSocketAddress from) throws IOException {
    Optional<Reply> reply;
    try {
      reply = reply(UdpTrackerCodec.decodeRequest(datagram), from);
    } catch (WireException unreadable) {
      totals.malformed.increment();
      return;
    }
    if (reply.isPresent()) {
      channel.send(ByteBuffer.wrap(UdpTrackerCodec.encode(reply.get())), from);
    }
  }

  private Optional<Reply> reply(Request request, InetSocketAddress from) {
    InetAddress ip = HttpSide.withoutScope(from.getAddress());
    return switch (request) {
      case ConnectRequest(int transaction) ->
          Optional.of(new Connected(transaction, connectionIds.of(ip, nanoTime.getAsLong())));
      case AnnounceRequest announce ->
          ifProven(
              announce.connectionId(), announce.transactionId(), ip, () -> announced(announce, ip));
      case ScrapeRequest scrape ->
          ifProven(scrape.connectionId(), scrape.transactionId(), ip, () -> scraped(scrape));
    };
  }

  /** A reply for who has proven its address and does not ask too often. */
  private Optional<Reply> ifProven(
      long connection, int transaction, InetAddress from, Supplier<Reply> reply) {
    if (!connectionIds.isValid(connection, from, nanoTime.getAsLong())) {
      // Shorter than any request.
      return Optional.of(new UdpTrackerMessage.Failure(transaction, EXPIRED));
    }
    return requests.admits(from) ? Optional.of(reply.get()) : Optional.empty();
  }

  private Reply announced(AnnounceRequest request, InetAddress from) {
    int transaction = request.transactionId();
    InetSocketAddress peer = new InetSocketAddress(from, request.port());
    return switch (requests.announce(request.announce(), peer, () -> reachedBy(from))) {
      case Failure(String reason, _) -> new UdpTrackerMessage.Failure(transaction, reason);
      case Announced announced ->
          new UdpTrackerMessage.Announced(
              transaction,
              announced.intervalSeconds().orElse(0),
              announced.incomplete().orElse(0),
              announced.complete().orElse(0),
              sameFamily(announced.peers(), from instanceof Inet4Address));
      case Scraped _ -> throw new AssertionError("nobody scraped");
    };
  }

  /** BEP 15 knows no others; what does not go into one datagram is left out. */
  private static List<InetSocketAddress> sameFamily(List<Peer> peers, boolean ipv4) {
    int bytesEach = ipv4 ? IPV4_PEER_BYTES : IPV6_PEER_BYTES;
    return peers.stream()
        .map(Peer::address)
        .filter(address -> address.getAddress() instanceof Inet4Address == ipv4)
        .limit((UdpTrackerMessage.MAX_BYTES - ANNOUNCED_HEADER_BYTES) / bytesEach)
        .toList();
  }

  private Reply scraped(ScrapeRequest request) {
    Map<InfoHash, Counts> files = requests.scrape(request.infoHashes()).files();
    return new UdpTrackerMessage.Scraped(
        request.transactionId(),
        request.infoHashes().stream()
            .map(infoHash -> files.getOrDefault(infoHash, new Counts(0, 0, 0)))
            .toList());
  }

  /**
   * The address of ours that a client came to. A socket on all addresses does not tell, but the one
   * that leads to the client is it, or as good.
   */
  private InetAddress reachedBy(InetAddress client) {
    try {
      InetAddress bound = address().getAddress();
      if (!bound.isAnyLocalAddress()) {
        return bound;
      }
      try (DatagramSocket probe = new DatagramSocket()) {
        probe.connect(client, 1); // Sends nothing.
        return HttpSide.withoutScope(probe.getLocalAddress());
      }
    } catch (IOException | UncheckedIOException noWay) {
      return InetAddress.getLoopbackAddress();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failed) {
      LOG.debugf("The UDP socket did not close: %s", failed.getMessage());
    }
  }
}
