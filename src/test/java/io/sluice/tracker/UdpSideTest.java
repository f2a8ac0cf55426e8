package io.sluice.tracker;

import static io.sluice.tracker.Announces.started;
import static io.sluice.tracker.Announces.torrent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.wire.InfoHash;
import io.sluice.wire.TrackerMessage.Announce;
import io.sluice.wire.TrackerMessage.Counts;
import io.sluice.wire.TrackerMessage.Event;
import io.sluice.wire.UdpTrackerCodec;
import io.sluice.wire.UdpTrackerMessage;
import io.sluice.wire.UdpTrackerMessage.AnnounceRequest;
import io.sluice.wire.UdpTrackerMessage.Announced;
import io.sluice.wire.UdpTrackerMessage.ConnectRequest;
import io.sluice.wire.UdpTrackerMessage.Connected;
import io.sluice.wire.UdpTrackerMessage.Failure;
import io.sluice.wire.UdpTrackerMessage.Reply;
import io.sluice.wire.UdpTrackerMessage.ScrapeRequest;
import io.sluice.wire.UdpTrackerMessage.Scraped;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tracker over UDP, as a client with a socket of its own sees it. */
@SuppressWarnings("NullAway.Init") // The fields are set before each test.
final class UdpSideTest {

  private static final int GATEWAY_PORT = 7_777;

  private final AtomicLong nowNanos = new AtomicLong();
  private Vertx vertx;
  private Tracker tracker;
  private InetSocketAddress address;
  private DatagramSocket socket;

  @BeforeEach
  void open() throws IOException {
    vertx = Vertx.vertx();
    start(TestLimits.with(_ -> {}));
  }

  private void start(TrackerLimits limits) throws IOException {
    TrackedTorrents torrents =
        new TrackedTorrents() {
          @Override
          public boolean tracked(InfoHash infoHash) {
            return !infoHash.equals(torrent(99));
          }

          @Override
          public int peerPort(InfoHash infoHash) {
            return infoHash.equals(torrent(7)) ? GATEWAY_PORT : 0;
          }
        };
    tracker = new Tracker(vertx, limits, torrents, nowNanos::get);
    address = tracker.listenUdp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket = socket();
  }

  private void restart(TrackerLimits limits) throws IOException {
    socket.close();
    tracker.close();
    start(limits);
  }

  private static DatagramSocket socket() throws IOException {
    DatagramSocket made =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    made.setSoTimeout(20_000);
    return made;
  }

  @AfterEach
  void close() {
    socket.close();
    tracker.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void send(byte[] datagram) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length, address));
  }

  private byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
    socket.receive(packet);
    byte[] bytes = new byte[packet.getLength()];
    System.arraycopy(packet.getData(), 0, bytes, 0, bytes.length);
    return bytes;
  }

  private Reply ask(UdpTrackerMessage request) throws IOException {
    send(UdpTrackerCodec.encode(request));
    Reply reply =
        UdpTrackerCodec.decodeReply(
            ByteBuffer.wrap(receive()), address.getAddress() instanceof Inet6Address);
    assertThat(reply.transactionId()).isEqualTo(request.transactionId());
    return reply;
  }

  private long connection() throws IOException {
    return ((Connected) ask(new ConnectRequest(5))).connectionId();
  }

  private Reply announce(Announce announce, int port) throws IOException {
    return ask(new AnnounceRequest(connection(), 6, announce, 1, port, "/announce"));
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Test
  void listsPeersToEachOther() throws IOException {
    assertThat(announce(started(1, 1, 5, 50), 1_001))
        .isEqualTo(new Announced(6, 600, 1, 0, List.of()));
    assertThat(announce(started(1, 2, 0, 50), 1_002))
        .isEqualTo(new Announced(6, 600, 1, 1, List.of(at(1_001))));
    assertThat(announce(started(1, 1, 5, 0), 1_001))
        .isEqualTo(new Announced(6, 600, 1, 1, List.of()));
    assertThat(announce(Announces.announce(1, 2, 0, Event.STOPPED, 50), 1_002))
        .isEqualTo(new Announced(6, 600, 1, 0, List.of()));
  }

  @Test
  void whoCannotBeDialledIsCountedAndNotListed() throws IOException {
    announce(started(1, 1, 5, 50), 0);
    assertThat(announce(started(1, 2, 5, 50), 1_002))
        .isEqualTo(new Announced(6, 600, 2, 0, List.of()));
  }

  @Test
  void theGatewayIsAPeerOfItsTorrents() throws IOException {
    assertThat(announce(started(7, 1, 5, 50), 1_001))
        .isEqualTo(new Announced(6, 600, 1, 0, List.of(at(GATEWAY_PORT))));
    assertThat(announce(started(7, 1, 5, 0), 1_001))
        .isEqualTo(new Announced(6, 600, 1, 0, List.of()));
    assertThat(announce(Announces.announce(7, 1, 5, Event.STOPPED, 50), 1_001))
        .isEqualTo(new Announced(6, 600, 0, 0, List.of()));
  }

  @Test
  void refusesTorrentsThatItDoesNotServe() throws IOException {
    assertThat(announce(started(99, 1, 5, 50), 1_001))
        .isEqualTo(new Failure(6, "unregistered torrent"));
    assertThat(tracker.stats().torrents()).isZero();
  }

  @Test
  void scrapes() throws IOException {
    announce(started(1, 1, 0, 50), 1_001);
    announce(started(1, 2, 5, 50), 1_002);
    assertThat(ask(new ScrapeRequest(connection(), 8, List.of(torrent(2), torrent(1), torrent(1)))))
        .isEqualTo(
            new Scraped(8, List.of(new Counts(0, 0, 0), new Counts(1, 1, 0), new Counts(1, 1, 0))));
  }

  @Test
  void connectionIdsAgeAndAreGoodAtOneAddressOnly() throws IOException {
    long connection = connection();
    nowNanos.addAndGet(60_000_000_000L);
    AnnounceRequest request =
        new AnnounceRequest(connection, 6, started(1, 1, 5, 50), 1, 1_001, "");
    assertThat(ask(request)).isInstanceOf(Announced.class);
    nowNanos.addAndGet(60_000_000_000L);
    assertThat(ask(request)).isEqualTo(new Failure(6, "connection id expired"));
    assertThat(connection()).isNotEqualTo(connection);
  }

  @Test
  void givesNobodyMoreThanItWasSentBeforeItKnowsHim() throws IOException {
    byte[] connect = UdpTrackerCodec.encode(new ConnectRequest(1));
    send(connect);
    assertThat(receive()).hasSize(connect.length);
    byte[] forged =
        UdpTrackerCodec.encode(new AnnounceRequest(0, 6, started(7, 1, 5, 50), 1, 1_001, ""));
    send(forged);
    assertThat(receive().length).isLessThan(forged.length);
    byte[] scrape = UdpTrackerCodec.encode(new ScrapeRequest(0, 6, List.of()));
    send(scrape);
    assertThat(receive().length).isLessThanOrEqualTo(2 * scrape.length);
    assertThat(tracker.stats().addressPeers()).isZero();
  }

  @Test
  void answersWithinOneDatagram() throws IOException {
    restart(TestLimits.with(limits -> limits.peersPerAddress = 1_000));
    for (int peer = 1; peer <= 400; peer++) {
      announce(announceOf(peer), 2_000 + peer);
    }
    send(
        UdpTrackerCodec.encode(
            new AnnounceRequest(connection(), 6, announceOf(401), 1, 9_999, "")));
    byte[] reply = receive();
    assertThat(reply.length).isBetween(1_000, UdpTrackerMessage.MAX_BYTES);
  }

  private static Announce announceOf(int peer) {
    Announce plain = started(1, peer, 5, 0);
    return new Announce(
        plain.infoHash(),
        plain.peerId(),
        0,
        0,
        plain.left(),
        Event.STARTED,
        OptionalInt.of(1_000_000),
        List.of(),
        Optional.empty());
  }

  @Test
  void boundsPeersAtOneAddress() throws IOException {
    restart(TestLimits.with(limits -> limits.peersPerAddress = 2));
    announce(started(1, 1, 5, 0), 1_001);
    announce(started(1, 2, 5, 0), 1_002);
    assertThat(announce(started(1, 3, 5, 0), 1_003))
        .isEqualTo(new Failure(6, "too many peers at your address"));
    assertThat(announce(started(1, 2, 5, 0), 1_002)).isInstanceOf(Announced.class);
    assertThat(announce(started(2, 3, 5, 0), 1_003)).isInstanceOf(Announced.class);
    announce(Announces.announce(1, 1, 5, Event.STOPPED, 0), 1_001);
    assertThat(announce(started(1, 3, 5, 0), 1_003)).isInstanceOf(Announced.class);
  }

  @Test
  void doesNotAnswerWhoAsksTooOften() throws IOException {
    restart(
        TestLimits.with(
            limits -> {
              limits.requestsPerSecond = 1;
              limits.requestBurst = 3;
            }));
    long connection = connection();
    for (int i = 0; i < 3; i++) {
      assertThat(ask(new ScrapeRequest(connection, 8, List.of(torrent(1)))))
          .isInstanceOf(Scraped.class);
    }
    socket.setSoTimeout(300);
    assertThatThrownBy(() -> ask(new ScrapeRequest(connection, 8, List.of(torrent(1)))))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(tracker.stats().limited()).isEqualTo(1);
    nowNanos.addAndGet(1_000_000_000L);
    assertThat(ask(new ScrapeRequest(connection, 8, List.of(torrent(1)))))
        .isInstanceOf(Scraped.class);
  }

  @Test
  void survivesAnything() throws IOException {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    for (int flood = 0; flood < 20; flood++) {
      for (int i = 0; i < 100; i++) { // No more than the socket's buffer holds: UDP drops the rest.
        byte[] rubbish = new byte[random.nextInt(200)];
        random.nextBytes(rubbish);
        send(rubbish);
      }
      assertThat(ask(new ConnectRequest(flood))).isInstanceOf(Connected.class);
    }
    assertThat(tracker.stats().malformed()).isPositive();
    assertThat(tracker.stats().addressPeers()).isZero();
  }
}
