package io.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.testing.SeededCases;
import io.sluice.transport.RecordingListener;
import io.sluice.wire.InfoHash;
import io.sluice.wire.WireException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of those who connect and are no peers, and of us meanwhile. */
@Timeout(120)
final class TcpStrangersTest {

  private static final int STRANGERS = 5_000;
  private static final int AT_ONCE = 400;
  private static final long MOST_HEAP_BYTES = 4L << 20;
  private static final long MOST_DIRECT_BYTES = 1L << 20;
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.2");

  /** What a stranger says before it falls silent: nothing, half a handshake, or something else. */
  private static byte[] opening(int kind) {
    byte[] known = RawPeer.handshake(TcpSide.TORRENT);
    return switch (kind % 10) {
      case 0, 1 -> new byte[0];
      case 2 -> Arrays.copyOf(known, 5);
      case 3 -> Arrays.copyOf(known, 47);
      case 4 -> Arrays.copyOf(known, 60);
      case 5 -> RawPeer.handshake(InfoHash.parse("ff".repeat(20)));
      case 6 -> "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      case 7 -> new byte[DhKey.BYTES];
      case 8 -> new DhKey(BigInteger.valueOf(kind + 2L)).publicBytes();
      default -> random(kind, 2_000);
    };
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /**
   * Once with limits that let all of them in to be turned away one by one, and once with the usual
   * ones, which most of them do not get past.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fiveThousandStrangersLeaveNothingBehind(boolean allGetIn) throws Exception {
    Limits limits = Limits.USUAL.within(1_000, 300);
    if (allGetIn) {
      limits =
          limits
              .connections(AT_ONCE + 10, AT_ONCE)
              .handshakes(AT_ONCE, AT_ONCE)
              .inbound(1_000_000, 1_000_000);
    }
    try (TcpSide side =
        TcpSide.open(TcpSettings.listeningOn(TcpSide.LOOPBACK).withLimits(limits.make()))) {
      assertPeersAreWelcome(side);
      visit(side, 0);
      Footprint before = Footprint.now();
      for (int from = 0; from < STRANGERS; from += AT_ONCE) {
        visit(side, from);
      }
      TcpCounters counters = side.transport.counters();
      assertThat(counters.open()).isZero();
      assertThat(counters.shaking()).isZero();
      if (allGetIn) {
        assertThat(counters.failedInbound()).isGreaterThanOrEqualTo(STRANGERS);
      } else {
        assertThat(counters.refused()).isGreaterThan(STRANGERS / 2);
        assertThat(counters.failedInbound()).isPositive();
      }
      assertThat(counters.failedInbound() + counters.refused()).isGreaterThanOrEqualTo(STRANGERS);

      Footprint after = Footprint.now();
      assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
      assertThat(after.sockets()).isLessThanOrEqualTo(before.sockets());
      assertThat(after.heapBytes()).isLessThan(before.heapBytes() + MOST_HEAP_BYTES);
      assertThat(after.directBytes()).isLessThan(before.directBytes() + MOST_DIRECT_BYTES);
      assertPeersAreWelcome(side);
    }
  }

  /** Many at once, who stay until they are turned away; and a peer from elsewhere among them. */
  private static void visit(TcpSide side, int firstKind) throws Exception {
    List<RawPeer> strangers = new ArrayList<>();
    try {
      for (int i = 0; i < AT_ONCE; i++) {
        connect(side, opening(firstKind + i)).ifPresent(strangers::add);
      }
      assertThat(side.transport.counters().shaking()).isLessThanOrEqualTo(AT_ONCE);
      assertPeersAreWelcome(side);
      for (RawPeer stranger : strangers) {
        assertThat(stranger.isClosedByPeer()).isTrue();
      }
    } finally {
      for (RawPeer stranger : strangers) {
        stranger.close();
      }
    }
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> side.transport.counters().shaking() == 0);
    await().pollInterval(Duration.ofMillis(5)).until(() -> side.transport.counters().open() == 0);
  }

  /** A stranger who has said something, unless it was turned away at once. */
  private static Optional<RawPeer> connect(TcpSide side, byte[] opening) throws IOException {
    RawPeer stranger;
    try {
      stranger = RawPeer.to(side.address());
    } catch (SocketException reset) {
      return Optional.empty();
    }
    try {
      stranger.say(opening);
    } catch (SocketException reset) {
      // It will hear so when it listens.
    }
    return Optional.of(stranger);
  }

  private static void assertPeersAreWelcome(TcpSide side) throws Exception {
    try (RawPeer peer = RawPeer.from(ELSEWHERE, side.address())) {
      peer.say(RawPeer.handshake(TcpSide.TORRENT));
      assertThat(peer.hear(68)).isEqualTo(RawPeer.handshake(TcpSide.TORRENT, side.self));
      side.nextLink().close("enough");
    }
  }

  @Test
  void whoIsNotAdmittedIsRefusedUnheard() throws Exception {
    try (TcpSide side =
        TcpSide.open(TcpSettings.listeningOn(TcpSide.LOOPBACK).withAdmission(ELSEWHERE::equals))) {
      Optional<RawPeer> banned = connect(side, RawPeer.handshake(TcpSide.TORRENT));
      if (banned.isPresent()) {
        assertThat(banned.get().isClosedByPeer()).isTrue();
        banned.get().close();
      }
      assertPeersAreWelcome(side);
      assertThat(side.transport.counters().refused()).isEqualTo(1);
    }
  }

  @Test
  void aHandshakeThatTricklesHasNoMoreTimeThanOthers() throws Exception {
    byte[] theirs = RawPeer.handshake(TcpSide.TORRENT);
    try (TcpSide side =
            TcpSide.open(
                TcpSettings.listeningOn(TcpSide.LOOPBACK)
                    .withLimits(Limits.USUAL.within(1_000, 300).make()));
        RawPeer peer = RawPeer.to(side.address())) {
      Thread trickle =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (byte each : theirs) {
                        peer.say(new byte[] {each});
                        Thread.sleep(50);
                      }
                    } catch (IOException | InterruptedException turnedAway) {
                      // As it should be.
                    }
                  });
      assertThat(peer.isClosedByPeer()).isTrue();
      assertThat(side.hasLink()).isFalse();
      await().until(() -> side.transport.counters().failedInbound() == 1);
      trickle.interrupt();
      trickle.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomAndMutatedHandshakesAreOnlyEverClosed(TcpEncryption encryption) throws Exception {
    try (TcpSide side =
        TcpSide.open(
            TcpSettings.listeningOn(TcpSide.LOOPBACK)
                .withEncryption(encryption)
                .withLimits(
                    Limits.USUAL.within(1_000, 2_000).inbound(1_000_000, 1_000_000).make()))) {
      SeededCases.run(
          150,
          random -> {
            try (RawPeer peer = RawPeer.to(side.address())) {
              if (random.nextInt(3) == 0) {
                speakMutatedEncryption(peer, random);
              } else {
                peer.say(mutatedOpening(random));
              }
              peer.socket.shutdownOutput();
              assertThat(peer.isClosedByPeer()).isTrue();
            } catch (IOException resetMeanwhile) {
              // As good as closed.
            }
          });
      await().until(() -> side.transport.counters().shaking() == 0);
      // A mutation in the peer id or the reserved bits is no mistake: those became links.
      while (side.hasLink()) {
        RecordingListener heard = new RecordingListener();
        side.nextLink().start(heard);
        await().until(() -> heard.closedFor().isPresent());
        assertThat(heard.violations()).isEmpty();
      }
      assertThat(side.transport.counters().open()).isZero();
      assertThat(side.transport.counters().failedInbound()).isGreaterThan(30);
      assertPeersAreWelcome(side, encryption);
    }
  }

  private static void assertPeersAreWelcome(TcpSide side, TcpEncryption encryption)
      throws Exception {
    try (TcpSide peer = TcpSide.open(encryption)) {
      TcpSide.join(peer, side);
    }
  }

  /** Random bytes, or a handshake and messages with some bytes changed, cut off somewhere. */
  private static byte[] mutatedOpening(Random random) {
    byte[] bytes = random(random.nextLong(), random.nextInt(3_000));
    if (random.nextBoolean()) {
      byte[] handshake = RawPeer.handshake(TcpSide.TORRENT);
      bytes = Mse.joined(handshake, Arrays.copyOf(bytes, random.nextInt(200)));
      for (int i = random.nextInt(4); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }
    return bytes;
  }

  /** The whole exchange of keys, with some bytes changed on the way. */
  private static void speakMutatedEncryption(RawPeer peer, Random random) throws IOException {
    PeerInput in = new PeerInput(Channels.newChannel(peer.socket.getInputStream()));
    PeerOutput out =
        new PeerOutput(
            new Mutating(peer.socket.getOutputStream()::write, random, random.nextInt(1_000)));
    try {
      var _ =
          new MseInitiator(new KeyExchange(new Random(random.nextLong()), 1), random.nextBoolean())
              .agree(
                  in,
                  out,
                  random.nextInt(5) == 0 ? InfoHash.parse("ff".repeat(20)) : TcpSide.TORRENT,
                  RawPeer.handshake(TcpSide.TORRENT));
    } catch (IOException | HandshakeFailure | WireException turnedAway) {
      // As it should be, for most of them.
    }
  }

  /** Changes one byte of what goes through it. */
  private static final class Mutating implements GatheringByteChannel {

    private interface Sink {
      void write(byte[] bytes) throws IOException;
    }

    private final Sink sink;
    private final Random random;
    private int untilChange;

    Mutating(Sink sink, Random random, int untilChange) {
      this.sink = sink;
      this.random = random;
      this.untilChange = untilChange;
    }

    @Override
    public int write(ByteBuffer buffer) throws IOException {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      if (untilChange >= 0 && untilChange < bytes.length) {
        bytes[untilChange] ^= (byte) (1 << random.nextInt(8));
      }
      untilChange -= bytes.length;
      sink.write(bytes);
      return bytes.length;
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) {
      throw new UnsupportedOperationException("not in a handshake");
    }

    @Override
    public long write(ByteBuffer[] buffers) {
      throw new UnsupportedOperationException("not in a handshake");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
