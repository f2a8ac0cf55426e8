package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.transport.PeerLink;
import io.sluice.transport.RecordingListener;
import io.sluice.transport.webrtc.WebrtcPair.Ends;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import io.sluice.wire.PeerMessage;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two transports in one process, over real WebRTC on the machine's own network card. */
final class WebrtcTransportTest {

  private WebrtcPair pair;

  @BeforeEach
  void open() throws Exception {
    pair = new WebrtcPair(WebrtcLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void anOfferAndItsAnswerBecomeALink() throws Exception {
    Ends ends = pair.connect();

    assertThat(ends.ofOne().kind()).isEqualTo(PeerLink.Kind.WEBRTC);
    assertThat(ends.ofOne().remote().peerId()).isEqualTo(pair.two.id);
    assertThat(ends.ofTwo().remote().peerId()).isEqualTo(pair.one.id);
    assertThat(ends.ofOne().remote().infoHash()).isEqualTo(WebrtcPair.TORRENT);
    assertThat(ends.ofOne().remote().fast()).isTrue();
    assertThat(ends.ofOne().remote().extensions()).isTrue();
    assertThat(ends.ofOne().remote().dht()).isFalse();
    assertThat(ends.ofOne().initiatedHere()).isTrue();
    assertThat(ends.ofTwo().initiatedHere()).isFalse();
    assertThat(ends.ofOne().address()).matches(".+:\\d+");
    assertThat(pair.one.transport.counters())
        .returns(1, WebrtcCounters::open)
        .returns(1L, WebrtcCounters::linked)
        .returns(0, WebrtcCounters::connecting)
        .returns(0, WebrtcCounters::pendingOffers)
        .returns(0L, WebrtcCounters::failed);
  }

  @Test
  void messagesArriveInOrderEvenThoseFromBeforeTheStart() throws Exception {
    Ends ends = pair.connect();
    RecordingListener heard = new RecordingListener();
    assertThat(ends.ofOne().send(new PeerMessage.Have(7))).isTrue();
    assertThat(ends.ofOne().send(new PeerMessage.Unchoke())).isTrue();
    ends.ofOne().flush();
    await().until(() -> ends.ofOne().queuedBytes() == 0);
    ends.ofTwo().start(heard);
    assertThat(ends.ofOne().send(new PeerMessage.Request(1, 2, 3))).isTrue();
    ends.ofOne().flush();

    await()
        .untilAsserted(
            () ->
                assertThat(heard.messages())
                    .containsExactly(
                        new PeerMessage.Have(7),
                        new PeerMessage.Unchoke(),
                        new PeerMessage.Request(1, 2, 3)));
    assertThat(heard.violations()).isEmpty();
  }

  @Test
  void whoeverClosesBothEndsHearOfItOnce() throws Exception {
    for (boolean first : List.of(true, false)) {
      Ends ends = pair.connect();
      RecordingListener ofOne = new RecordingListener();
      RecordingListener ofTwo = new RecordingListener();
      ends.ofOne().start(ofOne);
      ends.ofTwo().start(ofTwo);
      (first ? ends.ofOne() : ends.ofTwo()).close("enough");
      (first ? ends.ofOne() : ends.ofTwo()).close("again");

      await().untilAsserted(() -> assertThat(ofOne.closedFor()).isPresent());
      await().untilAsserted(() -> assertThat(ofTwo.closedFor()).isPresent());
      assertThat((first ? ofOne : ofTwo).closedFor()).contains("enough");
      assertThat((first ? ofTwo : ofOne).closedFor()).contains("the peer closed the connection");
      assertThat(ends.ofOne().send(new PeerMessage.Unchoke())).isFalse();
      assertThat(ends.ofTwo().send(new PeerMessage.Unchoke())).isFalse();
      assertThat(ends.ofOne().writable()).isFalse();
      await().until(() -> pair.one.transport.counters().open() == 0);
      await().until(() -> pair.two.transport.counters().open() == 0);
      assertThat(ofOne.violations()).isEmpty();
      assertThat(ofTwo.violations()).isEmpty();
    }
  }

  @Test
  void aLinkMayBeClosedFromItsOwnListener() throws Exception {
    Ends ends = pair.connect();
    RecordingListener ofTwo =
        new RecordingListener() {
          @Override
          protected void onMessage(PeerMessage message) {
            ends.ofTwo().close("heard enough");
          }
        };
    RecordingListener ofOne = new RecordingListener();
    ends.ofOne().start(ofOne);
    ends.ofTwo().start(ofTwo);
    ends.ofOne().send(new PeerMessage.Have(1));
    ends.ofOne().flush();

    await().untilAsserted(() -> assertThat(ofOne.closedFor()).isPresent());
    assertThat(ofTwo.closedFor()).contains("heard enough");
    await().until(() -> pair.two.transport.counters().open() == 0);
  }

  @Test
  void aPeerInAnotherTorrentIsRefused() throws Exception {
    InfoHash other = InfoHash.parse("ffffffffffffffffffffffffffffffffffffffff");
    WebrtcPair.introduce(pair.one, pair.two, pair.two.endpoint(other));

    await().until(() -> pair.one.transport.counters().failed() == 1);
    await().until(() -> pair.two.transport.counters().failed() == 1);
    assertThat(pair.one.links).isEmpty();
    assertThat(pair.two.links).isEmpty();
    assertThat(pair.one.transport.counters().connecting()).isZero();
  }

  @Test
  void aConnectionToOurselvesIsRefused() throws Exception {
    LocalOffer offer = pair.one.offer();
    WebrtcEndpoint same = new WebrtcEndpoint(WebrtcPair.TORRENT, pair.one.id, pair.two.links::add);
    assertThatThrownBy(() -> pair.two.transport.answer(same, pair.one.id, offer.sdp()).get())
        .hasCauseInstanceOf(WebrtcRefusal.class);

    // And when the tracker names the other end wrongly, the handshake tells.
    PeerId stranger = PeerId.random(new Random(3));
    String answer =
        pair.two.transport.answer(same, stranger, offer.sdp()).get(10, TimeUnit.SECONDS);
    pair.one.transport.answered(WebrtcPair.TORRENT, stranger, offer.offerId(), answer);
    await().until(() -> pair.one.transport.counters().failed() == 1);
    assertThat(pair.one.links).isEmpty();
    assertThat(pair.two.links).isEmpty();
  }

  @Test
  void offersThatCrossGiveTwoLinksOneOfEachDirection() throws Exception {
    LocalOffer ofOne = pair.one.offer();
    LocalOffer ofTwo = pair.two.offer();
    String answerOfTwo =
        pair.two
            .transport
            .answer(pair.two.endpoint(), pair.one.id, ofOne.sdp())
            .get(10, TimeUnit.SECONDS);
    String answerOfOne =
        pair.one
            .transport
            .answer(pair.one.endpoint(), pair.two.id, ofTwo.sdp())
            .get(10, TimeUnit.SECONDS);
    pair.one.transport.answered(WebrtcPair.TORRENT, pair.two.id, ofOne.offerId(), answerOfTwo);
    pair.two.transport.answered(WebrtcPair.TORRENT, pair.one.id, ofTwo.offerId(), answerOfOne);

    PeerLink first = pair.one.link();
    PeerLink second = pair.one.link();
    assertThat(first.remote().peerId()).isEqualTo(second.remote().peerId());
    assertThat(first.initiatedHere()).isNotEqualTo(second.initiatedHere());
    assertThat(pair.two.link().initiatedHere()).isNotEqualTo(pair.two.link().initiatedHere());
  }

  @Test
  void aLinkedPeerIsNotAnsweredAgain() throws Exception {
    Ends ends = pair.connect();
    LocalOffer again = pair.one.offer();
    assertThatThrownBy(
            () ->
                pair.two
                    .transport
                    .answer(pair.two.endpoint(), pair.one.id, again.sdp())
                    .get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("this peer is linked already");

    ends.ofTwo().close("to be met again");
    await().until(() -> pair.two.transport.counters().open() == 0);
    assertThat(
            pair.two
                .transport
                .answer(pair.two.endpoint(), pair.one.id, again.sdp())
                .get(10, TimeUnit.SECONDS))
        .contains("a=setup:active");
  }

  @Test
  void descriptionsAreSmallAndWhole() throws Exception {
    String sdp = pair.one.offer().sdp();
    assertThat(sdp.length()).isLessThan(2500);
    assertThat(sdp.lines().filter(line -> line.startsWith("m="))).hasSize(1);
    assertThat(sdp)
        .contains("a=candidate:")
        .doesNotContainIgnoringCase(" tcp ")
        .doesNotContain("a=ice-options:trickle");
    assertThat(sdp.replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
  }

  @Test
  void aClosedTransportRefusesAndLeavesNoThread() throws Exception {
    Ends ends = pair.connect();
    RecordingListener heard = new RecordingListener();
    ends.ofOne().start(heard);
    LocalOffer pending = pair.one.offer();
    assertThat(NativeThreads.ofWebrtc()).hasSize(6);
    pair.one.close();
    pair.one.close();

    assertThat(heard.closedFor()).contains("we stop");
    assertThatThrownBy(() -> pair.one.transport.offers(pair.one.endpoint(), 1).get())
        .hasCauseInstanceOf(WebrtcRefusal.class);
    pair.one.transport.answered(WebrtcPair.TORRENT, pair.two.id, pending.offerId(), "v=0");
    pair.two.close();
    assertThat(NativeThreads.ofWebrtc()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("sluice-webrtc"));
  }
}
