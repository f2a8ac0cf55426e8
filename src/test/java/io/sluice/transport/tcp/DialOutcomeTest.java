package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.wire.InfoHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a dial comes to, peer by peer. */
@Timeout(60)
final class DialOutcomeTest {

  @Test
  void nobodyListens() throws Exception {
    InetSocketAddress gone;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      gone = (InetSocketAddress) server.getLocalSocketAddress();
    }
    try (TcpSide side = TcpSide.open()) {
      assertThat(side.dial(gone)).isInstanceOf(DialOutcome.Unreachable.class);
      assertThat(side.dial(new InetSocketAddress(gone.getAddress(), 0)))
          .isInstanceOf(DialOutcome.Unreachable.class);
      assertNothingLeft(side);
      assertThat(side.transport.counters().failedOutbound()).isEqualTo(2);
    }
  }

  @Test
  void nobodyAnswersTheConnection() throws Exception {
    List<Socket> fillers = new ArrayList<>();
    try (TcpSide side = within(200, 10_000, TcpEncryption.PREFER);
        ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // Nobody accepts: once its backlog is full the system answers no more.
      while (fits(fillers, full)) {
        assertThat(fillers).as("connections in a backlog of one").hasSizeLessThan(20);
      }
      assertThat(side.dial((InetSocketAddress) full.getLocalSocketAddress()))
          .isInstanceOf(DialOutcome.TimedOut.class);
      assertNothingLeft(side);
    } finally {
      for (Socket filler : fillers) {
        filler.close();
      }
    }
  }

  private static boolean fits(List<Socket> fillers, ServerSocket server) throws IOException {
    Socket filler = new Socket();
    fillers.add(filler);
    try {
      filler.connect(server.getLocalSocketAddress(), 200);
      return true;
    } catch (IOException full) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPeerThatSaysNothingIsNotDialledTwice(TcpEncryption encryption) throws Exception {
    try (TcpSide side = within(5_000, 200, encryption);
        RawListener silent = RawListener.silent()) {
      assertThat(side.dial(silent.address())).isInstanceOf(DialOutcome.TimedOut.class);
      assertThat(silent.accepted()).isEqualTo(1);
      assertNothingLeft(side);
    }
  }

  @Test
  void aPeerThatAnswersByteByByteHasNoMoreTimeThanOthers() throws Exception {
    byte[] answer = RawPeer.handshake(TcpSide.TORRENT);
    try (TcpSide side = within(5_000, 300, TcpEncryption.OFF);
        RawListener slow =
            new RawListener(
                peer -> {
                  for (byte each : answer) {
                    peer.say(new byte[] {each});
                    Thread.sleep(50);
                  }
                })) {
      long before = System.nanoTime();
      assertThat(side.dial(slow.address())).isInstanceOf(DialOutcome.TimedOut.class);
      assertThat(System.nanoTime() - before).isLessThan(3_000_000_000L);
      assertNothingLeft(side);
    }
  }

  @ParameterizedTest
  @CsvSource({"OFF, 1", "PREFER, 2", "REQUIRE, 1"})
  void aPeerThatHangsUpIsTriedInTheOpenIfThatIsPreferred(TcpEncryption encryption, int attempts)
      throws Exception {
    try (TcpSide side = TcpSide.open(encryption);
        RawListener closing = RawListener.closing()) {
      assertThat(side.dial(closing.address())).isInstanceOf(DialOutcome.HandshakeFailed.class);
      assertThat(closing.accepted()).isEqualTo(attempts);
      assertThat(side.transport.counters().failedOutbound()).isEqualTo(1);
      assertNothingLeft(side);
    }
  }

  /** Peers without encryption, some of which speak as soon as somebody connects. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aPeerWithoutEncryptionIsReachedInTheOpen(boolean speaksFirst) throws Exception {
    byte[] answer = RawPeer.handshake(TcpSide.TORRENT);
    try (TcpSide side = TcpSide.open(TcpEncryption.PREFER);
        RawListener plain =
            new RawListener(
                peer -> {
                  if (speaksFirst) {
                    peer.say(answer);
                  }
                  if (peer.hear(20)[0] == 19) {
                    var _ = peer.hear(48);
                    peer.say(speaksFirst ? new byte[0] : answer);
                    Thread.sleep(60_000);
                  }
                })) {
      assertThat(side.dial(plain.address())).isInstanceOf(DialOutcome.Connected.class);
      assertThat(side.nextLink().protection()).isEqualTo(TcpProtection.NONE);
      assertThat(plain.accepted()).isEqualTo(2);
    }
  }

  @Test
  void aPeerWithAnotherTorrentIsNotOurs() throws Exception {
    try (TcpSide side = TcpSide.open(TcpEncryption.OFF);
        RawListener other =
            new RawListener(
                peer -> {
                  peer.say(RawPeer.handshake(InfoHash.parse("ff".repeat(20))));
                  var _ = peer.isClosedByPeer();
                })) {
      assertThat(side.dial(other.address()))
          .isEqualTo(new DialOutcome.HandshakeFailed("a handshake for another torrent"));
      assertNothingLeft(side);
    }
  }

  @Test
  void whatSpeaksAnotherProtocolIsNoPeer() throws Exception {
    try (TcpSide side = TcpSide.open(TcpEncryption.OFF);
        RawListener web =
            new RawListener(
                peer -> {
                  peer.say(
                      "HTTP/1.1 400 Bad Request\r\n".repeat(4).getBytes(StandardCharsets.US_ASCII));
                  var _ = peer.isClosedByPeer();
                })) {
      assertThat(side.dial(web.address())).isInstanceOf(DialOutcome.HandshakeFailed.class);
      assertNothingLeft(side);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ourselvesAreRecognised(TcpEncryption encryption) throws Exception {
    try (TcpSide side = TcpSide.open(encryption)) {
      assertThat(side.dial(side.address())).isInstanceOf(DialOutcome.Ourselves.class);
      assertThat(side.hasLink()).isFalse();
      assertNothingLeft(side);
    }
  }

  @Test
  void anUnknownTorrentIsNotTried() throws Exception {
    try (TcpSide side = TcpSide.open();
        RawListener closing = RawListener.closing()) {
      assertThat(side.transport.dial(InfoHash.parse("ff".repeat(20)), closing.address()).get())
          .isInstanceOf(DialOutcome.NotTried.class);
      assertThat(closing.accepted()).isZero();
    }
  }

  @Test
  void dialsWaitTheirTurnAndTooManyAreNotTried() throws Exception {
    TcpLimits limits = Limits.USUAL.dials(2, 3).within(5_000, 500).make();
    try (TcpSide side = TcpSide.open(TcpSettings.listeningOn().withLimits(limits));
        RawListener silent = RawListener.silent()) {
      List<CompletableFuture<DialOutcome>> dials = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        dials.add(side.transport.dial(TcpSide.TORRENT, silent.address()));
      }
      assertThat(side.transport.counters().dialling()).isEqualTo(5);
      assertThat(dials.get(5).get()).isInstanceOf(DialOutcome.NotTried.class);
      assertThat(dials.get(6).get()).isInstanceOf(DialOutcome.NotTried.class);
      await().until(() -> silent.accepted() == 2);
      assertThat(side.transport.counters().shaking()).isLessThanOrEqualTo(2);
      for (CompletableFuture<DialOutcome> dial : dials.subList(0, 5)) {
        assertThat(dial.get()).isInstanceOf(DialOutcome.TimedOut.class);
      }
      assertThat(silent.accepted()).isEqualTo(5);
      assertNothingLeft(side);
    }
  }

  @Test
  void noDialGoesBeyondTheConnectionsThatThereMayBe() throws Exception {
    TcpLimits limits = Limits.USUAL.connections(2, 2).make();
    try (TcpSide side = TcpSide.open(TcpSettings.listeningOn().withLimits(limits));
        TcpSide other = TcpSide.open()) {
      TcpSide.Pair first = TcpSide.join(side, other);
      TcpSide.join(side, other);
      assertThat(side.dial(other.address())).isInstanceOf(DialOutcome.NotTried.class);
      first.dialler().close("room for another");
      await().until(() -> side.transport.counters().open() == 1);
      TcpSide.join(side, other);
    }
  }

  private static TcpSide within(long connectMillis, long handshakeMillis, TcpEncryption encryption)
      throws IOException {
    return TcpSide.open(
        TcpSettings.listeningOn(TcpSide.LOOPBACK)
            .withEncryption(encryption)
            .withLimits(Limits.USUAL.within(connectMillis, handshakeMillis).make()));
  }

  private static void assertNothingLeft(TcpSide side) {
    await().until(() -> side.transport.counters().shaking() == 0);
    assertThat(side.transport.counters().dialling()).isZero();
    assertThat(side.transport.counters().open()).isZero();
  }
}
