package io.sluice.transport.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelState;
import io.sluice.transport.PeerLink;
import io.sluice.transport.RecordingListener;
import io.sluice.transport.webrtc.WebrtcPair.Side;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import io.sluice.wire.PeerMessageCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Peers that keep no rules get no further than their own connection. */
final class WebrtcHostileTest {

  private final Limits limits = new Limits();

  private Side side() throws Exception {
    limits.maxSpareOffers = 0;
    return new Side(limits.build(), 1);
  }

  /** The raw peer answers our offer; it has said nothing yet. */
  private static void connect(Side side, RawPeer raw) throws Exception {
    LocalOffer offer = side.offer();
    side.transport.answered(
        WebrtcPair.TORRENT, RawPeer.ID, offer.offerId(), raw.answer(offer.sdp()));
  }

  private static RecordingListener started(PeerLink link) {
    RecordingListener heard = new RecordingListener();
    link.start(heard);
    return heard;
  }

  private static byte[] bytes(PeerMessage... messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (PeerMessage message : messages) {
      ByteBuffer encoded = PeerMessageCodec.encode(message);
      while (encoded.hasRemaining()) {
        out.write(encoded.get());
      }
    }
    return out.toByteArray();
  }

  @Test
  void ourHandshakeIsAloneInItsMessageAndWaitsForNobody() throws Exception {
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      await().until(() -> !raw.heard.isEmpty());
      assertThat(raw.heard.getFirst()).isEqualTo(RawPeer.handshake(WebrtcPair.TORRENT, side.id));
      raw.shakeHands();
      PeerLink link = side.link();
      link.send(new PeerMessage.HaveNone());
      link.flush();
      await().until(() -> raw.heard.size() == 2);
      assertThat(raw.heard.getLast()).isEqualTo(bytes(new PeerMessage.HaveNone()));
    }
  }

  @Test
  void blocksThatWaitShareMessagesThatArrivePutTogetherAsTheyWere() throws Exception {
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      raw.shakeHands();
      PeerLink link = side.link();
      PeerMessage[] blocks = new PeerMessage[40];
      for (int i = 0; i < blocks.length; i++) {
        ByteBuffer bytes = ByteBuffer.allocate(PeerMessage.BLOCK_BYTES).putInt(0, i);
        blocks[i] = new PeerMessage.Block(i, 0, bytes);
        link.send(blocks[i]);
      }
      link.flush();
      byte[] expected = bytes(blocks);
      await().until(() -> heardBytes(raw).length == 68 + expected.length);
      byte[] all = heardBytes(raw);
      assertThat(Arrays.equals(all, 68, all.length, expected, 0, expected.length)).isTrue();
      assertThat(raw.heard.size()).as("messages").isLessThan(1 + blocks.length);
      assertThat(raw.heard).allMatch(each -> each.length <= SendLoop.MESSAGE_BYTES);
    }
  }

  private static byte[] heardBytes(RawPeer raw) {
    return concat(raw.heard.toArray(byte[][]::new));
  }

  @Test
  void theHandshakeIsReadHoweverItIsCut() throws Exception {
    byte[] stream =
        concat(
            RawPeer.handshake(WebrtcPair.TORRENT, RawPeer.ID),
            bytes(new PeerMessage.HaveAll(), new PeerMessage.Have(5)));
    for (int[] cuts : new int[][] {{}, {1}, {20, 28, 48}, {67, 68, 70}, {68, 73}, {69}}) {
      try (Side side = side();
          RawPeer raw = new RawPeer()) {
        connect(side, raw);
        int from = 0;
        for (int cut : cuts) {
          raw.send(Arrays.copyOfRange(stream, from, cut));
          from = cut;
        }
        raw.send(Arrays.copyOfRange(stream, from, stream.length));
        RecordingListener heard = started(side.link());
        await()
            .untilAsserted(
                () ->
                    assertThat(heard.messages())
                        .containsExactly(new PeerMessage.HaveAll(), new PeerMessage.Have(5)));
      }
    }
  }

  @Test
  void theRawPeerMayOfferToo() throws Exception {
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      raw.answered(
          side.transport
              .answer(side.endpoint(), RawPeer.ID, raw.offer())
              .get(10, TimeUnit.SECONDS));
      raw.shakeHands();
      assertThat(side.link().remote().peerId()).isEqualTo(RawPeer.ID);
    }
  }

  @Test
  void textIsRefused() throws Exception {
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      raw.shakeHands();
      RecordingListener heard = started(side.link());
      raw.sendText("hello");
      await().untilAsserted(() -> assertThat(heard.closedFor()).isPresent());
      assertThat(heard.closedFor()).contains("the peer sent a text message");
      assertThat(heard.messages()).isEmpty();
      await().until(() -> raw.state() == RTCDataChannelState.CLOSED);
    }
  }

  @Test
  void whatIsNoHandshakeIsRefused() throws Exception {
    InfoHash other = InfoHash.parse("ffffffffffffffffffffffffffffffffffffffff");
    byte[] garbage = new byte[100];
    new Random(4).nextBytes(garbage);
    byte[][] openings = {
      garbage,
      RawPeer.handshake(other, RawPeer.ID),
      "GET / HTTP/1.1\r\n\r\n".repeat(9).getBytes(UTF_8)
    };
    for (byte[] opening : openings) {
      try (Side side = side();
          RawPeer raw = new RawPeer()) {
        connect(side, raw);
        raw.send(opening);
        await().until(() -> side.transport.counters().failed() == 1);
        assertThat(side.links).isEmpty();
        await().until(() -> raw.state() == RTCDataChannelState.CLOSED);
      }
    }
  }

  @Test
  void silenceEndsAtTheHandshakeLimit() throws Exception {
    limits.handshakeLimit = Duration.ofMillis(300);
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      await().until(() -> side.transport.counters().connecting() == 1);
      raw.send(Arrays.copyOf(RawPeer.handshake(WebrtcPair.TORRENT, RawPeer.ID), 67));
      await().until(() -> side.transport.counters().failed() == 1);
      assertThat(side.transport.counters().connecting()).isZero();
    }
  }

  @Test
  void brokenFramingClosesTheLinkOnce() throws Exception {
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      raw.shakeHands();
      RecordingListener heard = started(side.link());
      raw.send(bytes(new PeerMessage.Have(1)));
      raw.send(new byte[] {(byte) 0xFF, 0, 0, 0, 1});
      raw.send(bytes(new PeerMessage.Have(2)));
      await().untilAsserted(() -> assertThat(heard.closedFor()).isPresent());
      assertThat(heard.messages()).containsExactly(new PeerMessage.Have(1));
      assertThat(heard.violations()).isEmpty();
    }
  }

  @Test
  void whatNobodyTakesIsBounded() throws Exception {
    limits.maxMessageBytes = 20_000;
    limits.maxInboxBytes = 40_000;
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      raw.shakeHands();
      PeerLink link = side.link();
      byte[] keepAlives = new byte[4 * 1000];
      raw.send(keepAlives);
      await().until(() -> side.transport.counters().open() == 0);
      RecordingListener heard = started(link);
      assertThat(heard.closedFor()).contains("the peer sent more messages than were taken");
      assertThat(heard.messages()).hasSizeLessThan(1000);
    }
  }

  @Test
  void furtherChannelsAreRefusedAndTooManyOfThemEndIt() throws Exception {
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      raw.shakeHands();
      RecordingListener heard = started(side.link());
      RTCDataChannel second = raw.open("second");
      await().until(() -> second.getState() == RTCDataChannelState.CLOSED);
      raw.send(bytes(new PeerMessage.Have(1)));
      await().untilAsserted(() -> assertThat(heard.messages()).hasSize(1));
      assertThat(heard.closedFor()).isEmpty();

      for (int more = 0; more < 20; more++) {
        raw.open("more");
      }
      await().untilAsserted(() -> assertThat(heard.closedFor()).isPresent());
      assertThat(heard.closedFor()).contains("the peer keeps opening channels");
    }
  }

  @Test
  void longMessagesAreCutForTheChannelAndArriveWhole() throws Exception {
    byte[] bits = new byte[100_000];
    new Random(5).nextBytes(bits);
    PeerMessage bitfield = new PeerMessage.Bitfield(ByteBuffer.wrap(bits));
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      connect(side, raw);
      raw.shakeHands();
      PeerLink link = side.link();
      link.send(new PeerMessage.Unchoke());
      link.send(bitfield);
      link.send(new PeerMessage.Block(1, 2, ByteBuffer.allocate(PeerMessage.BLOCK_BYTES)));
      link.flush();
      byte[] expected =
          bytes(
              new PeerMessage.Unchoke(),
              bitfield,
              new PeerMessage.Block(1, 2, ByteBuffer.allocate(PeerMessage.BLOCK_BYTES)));
      await()
          .untilAsserted(
              () ->
                  assertThat(concat(raw.heard.toArray(byte[][]::new)))
                      .hasSize(68 + expected.length));
      byte[] all = concat(raw.heard.toArray(byte[][]::new));
      assertThat(Arrays.copyOfRange(all, 68, all.length)).isEqualTo(expected);
      assertThat(raw.heard).allMatch(each -> each.length <= SendLoop.MESSAGE_BYTES);
    }
  }

  @Test
  void peersThatHideTheirAddressesAreReached() throws Exception {
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      LocalOffer offer = side.offer();
      String hidden =
          raw.answer(offer.sdp())
              .replaceAll(
                  "(a=candidate:\\S+ 1 udp \\d+ )\\S+( \\d+ typ host)",
                  "$1c9ad5e35-0c4e-4d4a-8a43-b0f1c1a5b3d2.local$2");
      assertThat(hidden).contains(".local ");
      side.transport.answered(WebrtcPair.TORRENT, RawPeer.ID, offer.offerId(), hidden);
      raw.shakeHands();
      assertThat(side.link().remote().peerId()).isEqualTo(RawPeer.ID);
    }
  }

  @Test
  void descriptionsThatAreNoGoodAreRefusedAndHarmNobody() throws Exception {
    limits.connectLimit = Duration.ofMillis(200);
    limits.maxPendingAnswers = 1000;
    try (Side side = side();
        RawPeer raw = new RawPeer()) {
      String good = raw.offer();
      Random random = new Random(6);
      int refused = 0;
      for (int round = 0; round < 150; round++) {
        String bad = mutated(good, random);
        CompletableFuture<String> answer =
            side.transport.answer(side.endpoint(), PeerId.random(random), bad);
        try {
          assertThat(answer.get(10, TimeUnit.SECONDS)).startsWith("v=0");
        } catch (ExecutionException failure) {
          assertThat(failure).hasCauseInstanceOf(WebrtcRefusal.class);
          refused++;
        }
      }
      assertThat(refused).as("mutations that were noticed").isBetween(50, 149);
      await().until(() -> side.transport.counters().connecting() == 0);
      try (RawPeer decent = new RawPeer()) {
        connect(side, decent);
        decent.shakeHands();
        assertThat(side.link().remote().peerId()).isEqualTo(RawPeer.ID);
      }
    }
  }

  /** Drops, doubles, garbles or cuts somewhere. */
  private static String mutated(String sdp, Random random) {
    String[] lines = sdp.split("\r\n", -1);
    int at = random.nextInt(lines.length);
    int in = random.nextInt(Math.max(1, lines[at].length()));
    lines[at] =
        switch (random.nextInt(6)) {
          case 0 -> "";
          case 1 -> lines[at] + "\r\n" + lines[at];
          case 2 -> lines[at].substring(0, in);
          case 3 ->
              lines[at].substring(0, in) + (char) random.nextInt(256) + lines[at].substring(in);
          case 4 -> lines[at].replaceAll("\\d", "9").repeat(1 + random.nextInt(3));
          default -> lines[at].substring(0, in) + "x".repeat(random.nextInt(100_000));
        };
    return String.join("\r\n", lines);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
