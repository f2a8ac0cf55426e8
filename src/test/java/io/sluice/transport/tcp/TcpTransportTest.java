package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.transport.PeerLink;
import io.sluice.transport.RecordingListener;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Two transports on loopback, and what they deliver. */
@Timeout(60)
final class TcpTransportTest {

  // ---- who connects with whom, and how -------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "OFF,     OFF,     NONE",
    "OFF,     PREFER,  NONE",
    "PREFER,  OFF,     NONE",
    "PREFER,  PREFER,  HANDSHAKE",
    "PREFER,  REQUIRE, STREAM",
    "REQUIRE, PREFER,  STREAM",
    "REQUIRE, REQUIRE, STREAM",
  })
  void connect(TcpEncryption dials, TcpEncryption accepts, TcpProtection agreed) throws Exception {
    try (TcpSide dialler = TcpSide.open(dials);
        TcpSide acceptor = TcpSide.open(accepts)) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      assertThat(pair.dialler().protection()).isEqualTo(agreed);
      assertThat(pair.acceptor().protection()).isEqualTo(agreed);
      assertTalk(pair);
    }
  }

  @ParameterizedTest
  @CsvSource({"OFF, REQUIRE", "REQUIRE, OFF"})
  void doNotConnect(TcpEncryption dials, TcpEncryption accepts) throws Exception {
    try (TcpSide dialler = TcpSide.open(dials);
        TcpSide acceptor = TcpSide.open(accepts)) {
      assertThat(dialler.dial(acceptor.address())).isInstanceOf(DialOutcome.HandshakeFailed.class);
      await().until(() -> acceptor.transport.counters().failedInbound() == 1);
      assertThat(acceptor.hasLink()).isFalse();
      assertThat(dialler.hasLink()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectThoughBytesComeOneByOne(TcpEncryption both) throws Exception {
    try (TcpSide dialler = TcpSide.open(both);
        TcpSide acceptor = TcpSide.open(both);
        RawListener relay =
            new RawListener(
                peer -> {
                  try (RawPeer onwards = RawPeer.to(acceptor.address())) {
                    Thread back = Thread.ofVirtual().start(() -> trickle(onwards, peer));
                    trickle(peer, onwards);
                    back.join();
                  }
                })) {
      assertTalk(TcpSide.join(dialler, relay.address(), acceptor));
    }
  }

  private static void trickle(RawPeer from, RawPeer to) {
    try {
      int next = from.socket.getInputStream().read();
      while (next >= 0) {
        to.socket.getOutputStream().write(next);
        next = from.socket.getInputStream().read();
      }
      to.socket.shutdownOutput();
    } catch (IOException closed) {
      // Either end went away.
    }
  }

  // ---- what a link says of itself ------------------------------------------------------------

  @Test
  void aLinkSaysWhoAndWhere() throws Exception {
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      assertThat(pair.dialler().kind()).isEqualTo(PeerLink.Kind.TCP);
      assertThat(pair.dialler().initiatedHere()).isTrue();
      assertThat(pair.acceptor().initiatedHere()).isFalse();
      assertThat(pair.dialler().remote().peerId()).isEqualTo(acceptor.self);
      assertThat(pair.acceptor().remote().peerId()).isEqualTo(dialler.self);
      assertThat(pair.dialler().remote().infoHash()).isEqualTo(TcpSide.TORRENT);
      assertThat(pair.dialler().remote().extensions()).isTrue();
      assertThat(pair.dialler().remote().fast()).isTrue();
      assertThat(pair.dialler().remote().dht()).isFalse();
      assertThat(pair.dialler().remoteAddress()).contains(acceptor.address());
      assertThat(pair.dialler().address()).isEqualTo("127.0.0.1:" + acceptor.address().getPort());
      assertThat(pair.acceptor().remoteAddress()).isPresent();
      assertThat(pair.acceptor().address()).startsWith("127.0.0.1:");
    }
  }

  @Test
  void theHandshakeSaysWhetherThereIsADht() throws Exception {
    InfoHash other = InfoHash.parse("ab".repeat(20));
    try (TcpSide side = TcpSide.open()) {
      side.transport.register(new TcpEndpoint(other, side.self, true, link -> link.close("seen")));
      try (RawPeer peer = RawPeer.to(side.address())) {
        peer.say(RawPeer.handshake(other));
        assertThat(peer.hear(68)[27] & 0x01).isEqualTo(1);
      }
    }
  }

  @Test
  void ipv6Works() throws Exception {
    InetAddress loopback = InetAddress.ofLiteral("::1");
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor =
            TcpSide.open(
                TcpSettings.listeningOn(TcpSide.LOOPBACK, new InetSocketAddress(loopback, 0)))) {
      InetSocketAddress ipv6 = acceptor.transport.listenAddresses().get(1);
      TcpSide.Pair pair = TcpSide.join(dialler, ipv6, acceptor);
      assertThat(pair.dialler().address()).isEqualTo("[::1]:" + ipv6.getPort());
      assertThat(pair.acceptor().address()).startsWith("[::1]:");
      assertTalk(pair);
      assertTalk(TcpSide.join(dialler, acceptor.address(), acceptor));
    }
  }

  @Test
  void theWildcardOfIpv6TakesBothFamilies() throws Exception {
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open(TcpSettings.listeningOn(new InetSocketAddress("::", 0)))) {
      int port = acceptor.address().getPort();
      for (String host : List.of("127.0.0.1", "::1")) {
        assertTalk(TcpSide.join(dialler, new InetSocketAddress(host, port), acceptor));
      }
    }
  }

  @Test
  void namesTheAddressThatItCannotListenOn() throws Exception {
    long before = Footprint.socketsNow();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
      assertThatThrownBy(
              () -> TcpTransport.open(TcpSettings.listeningOn(TcpSide.LOOPBACK, address)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + address.getPort());
    }
    assertThat(Footprint.socketsNow()).isEqualTo(before);
  }

  // ---- torrents ------------------------------------------------------------------------------

  @Test
  void manyTorrentsShareOnePort() throws Exception {
    InfoHash other = InfoHash.parse("ab".repeat(20));
    List<TcpLink> links = new ArrayList<>();
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      dialler.transport.register(new TcpEndpoint(other, dialler.self, false, links::add));
      acceptor.transport.register(new TcpEndpoint(other, acceptor.self, false, links::add));
      TcpSide.join(dialler, acceptor);
      assertThat(dialler.transport.dial(other, acceptor.address()).get())
          .isInstanceOf(DialOutcome.Connected.class);
      await().until(() -> links.size() == 2);
      assertThat(links).allMatch(link -> link.remote().infoHash().equals(other));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTorrentThatWasTakenBackIsUnknown(TcpEncryption both) throws Exception {
    try (TcpSide dialler = TcpSide.open(both);
        TcpSide acceptor = TcpSide.open(both)) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      acceptor.transport.unregister(TcpSide.TORRENT);
      assertThat(dialler.dial(acceptor.address())).isInstanceOf(DialOutcome.HandshakeFailed.class);
      assertThat(acceptor.dial(dialler.address())).isInstanceOf(DialOutcome.NotTried.class);
      assertTalk(pair);
    }
  }

  @Test
  void aTorrentIsRegisteredOnce() throws Exception {
    try (TcpSide side = TcpSide.open()) {
      assertThatThrownBy(
              () ->
                  side.transport.register(
                      new TcpEndpoint(TcpSide.TORRENT, side.self, false, _ -> {})))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aFaultOfTheTakerClosesTheLink() throws Exception {
    InfoHash other = InfoHash.parse("ab".repeat(20));
    try (TcpSide side = TcpSide.open()) {
      side.transport.register(
          new TcpEndpoint(
              other,
              side.self,
              false,
              _ -> {
                throw new IllegalStateException("a fault that this test put here");
              }));
      try (RawPeer peer = RawPeer.to(side.address())) {
        peer.say(RawPeer.handshake(other));
        assertThat(peer.isClosedByPeer()).isTrue();
      }
      await().until(() -> side.transport.counters().open() == 0);
    }
  }

  // ---- the order of the handshake ------------------------------------------------------------

  @Test
  void saysNothingBeforeTheInfohashAndNothingButItsHandshakeAfterIt() throws Exception {
    byte[] theirs = RawPeer.handshake(TcpSide.TORRENT);
    try (TcpSide side = TcpSide.open();
        RawPeer peer = RawPeer.to(side.address())) {
      peer.say(java.util.Arrays.copyOf(theirs, 47));
      peer.socket.setSoTimeout(100);
      assertThatThrownBy(() -> peer.hear(1)).isInstanceOf(java.net.SocketTimeoutException.class);
      peer.socket.setSoTimeout(10_000);
      peer.say(java.util.Arrays.copyOfRange(theirs, 47, 48));
      assertThat(peer.hear(68)).isEqualTo(RawPeer.handshake(TcpSide.TORRENT, side.self));
      assertThat(side.hasLink()).isFalse();
      peer.say(java.util.Arrays.copyOfRange(theirs, 48, 68));
      assertThat(side.nextLink().remote().peerId()).isEqualTo(RawPeer.id("-RW0001-abcdefghijkl"));
    }
  }

  @Test
  void whatComesWithTheHandshakeIsDeliveredAtTheStart() throws Exception {
    try (TcpSide side = TcpSide.open();
        RawPeer peer = RawPeer.to(side.address())) {
      peer.say(Mse.joined(RawPeer.handshake(TcpSide.TORRENT), new byte[] {0, 0, 0, 1, 2}));
      RecordingListener heard = new RecordingListener();
      side.nextLink().start(heard);
      await().until(() -> heard.messages().equals(List.of(new PeerMessage.Interested())));
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aPeerThatDialledUsHasTheFirstWordForAMoment(boolean usesIt) throws Exception {
    try (TcpSide side = TcpSide.open();
        RawPeer peer = RawPeer.to(side.address())) {
      peer.say(RawPeer.handshake(TcpSide.TORRENT));
      assertThat(peer.hear(68)).hasSize(68);
      TcpLink link = side.nextLink();
      long before = System.nanoTime();
      assertThat(link.send(new PeerMessage.HaveNone())).isTrue();
      link.flush();
      if (usesIt) {
        assertThat(link.queuedBytes()).isEqualTo(5);
        peer.say(new byte[4]);
      }
      assertThat(peer.hear(5)).containsExactly(0, 0, 0, 1, 15);
      Duration passed = Duration.ofNanos(System.nanoTime() - before);
      if (!usesIt) {
        assertThat(passed).isGreaterThan(Connection.FIRST_WORD_LIMIT.dividedBy(2));
      }
    }
  }

  // ---- the end -------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void eitherSideMayClose(boolean byDialler) throws Exception {
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      PeerLink closes = byDialler ? pair.dialler() : pair.acceptor();
      PeerLink hears = byDialler ? pair.acceptor() : pair.dialler();
      RecordingListener here = new RecordingListener();
      RecordingListener there = new RecordingListener();
      closes.start(here);
      hears.start(there);
      closes.close("enough");
      closes.close("twice");
      await().until(() -> there.closedFor().isPresent());
      assertThat(here.closedFor()).contains("enough");
      assertThat(there.closedFor()).contains("the peer closed the connection");
      assertThat(closes.send(new PeerMessage.Choke())).isFalse();
      assertThat(hears.send(new PeerMessage.Choke())).isFalse();
      assertThat(closes.writable()).isFalse();
      assertThat(hears.queuedBytes()).isZero();
      assertThat(here.violations()).isEmpty();
      assertThat(there.violations()).isEmpty();
      await().until(() -> dialler.transport.counters().open() == 0);
      await().until(() -> acceptor.transport.counters().open() == 0);
    }
  }

  @Test
  void aPeerThatGoesAwayMidMessageCostsItsOwnLinkOnly() throws Exception {
    try (TcpSide side = TcpSide.open();
        TcpSide other = TcpSide.open()) {
      TcpSide.Pair bystanders = TcpSide.join(other, side);
      RawPeer peer = RawPeer.to(side.address());
      peer.say(RawPeer.handshake(TcpSide.TORRENT));
      RecordingListener heard = new RecordingListener();
      side.nextLink().start(heard);
      byte[] halfABlock = ByteBuffer.allocate(8_000).putInt(16_393).put((byte) 7).array();
      peer.say(halfABlock);
      peer.close();
      await().until(() -> heard.closedFor().isPresent());
      assertThat(heard.messages()).isEmpty();
      assertThat(heard.violations()).isEmpty();
      assertTalk(bystanders);
    }
  }

  @Test
  void aPeerThatBreaksTheProtocolIsClosedWithAReason() throws Exception {
    try (TcpSide side = TcpSide.open();
        RawPeer peer = RawPeer.to(side.address())) {
      peer.say(Mse.joined(RawPeer.handshake(TcpSide.TORRENT), new byte[] {0x7f, 0, 0, 1, 2}));
      RecordingListener heard = new RecordingListener();
      side.nextLink().start(heard);
      await().until(() -> heard.closedFor().isPresent());
      assertThat(heard.closedFor().orElseThrow()).startsWith("the peer sent message of");
      assertThat(peer.isClosedByPeer()).isTrue();
    }
  }

  @Test
  void aListenerThatThrowsLosesItsLink() throws Exception {
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
      RecordingListener heard = new RecordingListener();
      pair.dialler().start(heard);
      pair.acceptor()
          .start(
              new RecordingListener() {
                @Override
                protected void onMessage(PeerMessage message) {
                  throw new IllegalStateException("a fault that this test put here");
                }
              });
      pair.dialler().send(new PeerMessage.Unchoke());
      pair.dialler().flush();
      await().until(() -> heard.closedFor().isPresent());
    }
  }

  @Test
  void closingTheTransportClosesEverythingAndLeavesNothing() throws Exception {
    // Java keeps a socket of its own from the first one that is closed under a reader on.
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      TcpSide.join(dialler, acceptor);
    }
    Footprint before = Footprint.now();
    RecordingListener here = new RecordingListener();
    RecordingListener there = new RecordingListener();
    try (TcpSide dialler = TcpSide.open();
        TcpSide acceptor = TcpSide.open()) {
      assertThat(Footprint.threadsNow()).isGreaterThan(before.threads());
      for (int i = 0; i < 20; i++) {
        TcpSide.Pair pair = TcpSide.join(dialler, acceptor);
        assertTalk(
            pair,
            i == 0 ? here : new RecordingListener(),
            i == 0 ? there : new RecordingListener());
      }
      try (RawPeer halfway = RawPeer.to(acceptor.address());
          RawListener silent = RawListener.silent()) {
        halfway.say(new byte[] {19});
        var waiting = dialler.transport.dial(TcpSide.TORRENT, silent.address());
        await().until(() -> silent.accepted() == 1);
        acceptor.transport.close();
        dialler.transport.close();
        assertThat(waiting.get()).isInstanceOf(DialOutcome.NotTried.class);
        assertThat(halfway.isClosedByPeer()).isTrue();
      }
      assertThat(there.closedFor()).contains("the transport was closed");
      assertThat(here.closedFor()).isPresent();
      assertThat(dialler.dial(acceptor.address())).isInstanceOf(DialOutcome.NotTried.class);
      assertThat(acceptor.transport.counters().open()).isZero();
      assertThat(acceptor.transport.counters().shaking()).isZero();
      assertThat(dialler.transport.counters().dialling()).isZero();
    }
    await().until(() -> Footprint.threadsNow() == before.threads());
    await().until(() -> Footprint.socketsNow() == before.sockets());
  }

  // ---- helpers -------------------------------------------------------------------------------

  private static void assertTalk(TcpSide.Pair pair) {
    assertTalk(pair, new RecordingListener(), new RecordingListener());
  }

  /** Each end hears in order what the other says. */
  private static void assertTalk(
      TcpSide.Pair pair, RecordingListener ofDialler, RecordingListener ofAcceptor) {
    List<PeerMessage> said =
        List.of(
            new PeerMessage.Bitfield(ByteBuffer.wrap(new byte[] {1, 2, 3})),
            new PeerMessage.Unchoke(),
            new PeerMessage.Request(1, 2, 3),
            new PeerMessage.Block(4, 5, ByteBuffer.wrap(new byte[1_000])),
            new PeerMessage.KeepAlive());
    pair.dialler().start(ofDialler);
    pair.acceptor().start(ofAcceptor);
    for (PeerMessage message : said) {
      assertThat(pair.dialler().send(message)).isTrue();
      assertThat(pair.acceptor().send(message)).isTrue();
    }
    pair.dialler().flush();
    pair.acceptor().flush();
    await().until(() -> ofDialler.messages().size() == said.size());
    await().until(() -> ofAcceptor.messages().size() == said.size());
    assertThat(ofDialler.messages()).isEqualTo(said);
    assertThat(ofAcceptor.messages()).isEqualTo(said);
    assertThat(ofDialler.violations()).isEmpty();
    assertThat(ofAcceptor.violations()).isEmpty();
  }
}
