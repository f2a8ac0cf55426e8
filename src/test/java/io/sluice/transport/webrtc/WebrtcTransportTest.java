package io.sluice.transport.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.transport.PeerLink;
import io.sluice.transport.RecordingListener;
import io.sluice.transport.webrtc.WebrtcPair.Ends;
import io.sluice.wire.PeerMessage;
import org.junit.jupiter.api.Test;

/** Two transports in one process, over real WebRTC on the machine's own network card. */
final class WebrtcTransportTest {

  @Test
  void offerAndAnswerBecomeALink() throws Exception {
    try (WebrtcPair pair = new WebrtcPair(WebrtcLimits.DEFAULT)) {
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

      RecordingListener heard = new RecordingListener();
      assertThat(ends.ofOne().send(new PeerMessage.Have(7))).isTrue();
      assertThat(ends.ofOne().send(new PeerMessage.Unchoke())).isTrue();
      ends.ofTwo().start(heard);
      await()
          .untilAsserted(
              () ->
                  assertThat(heard.messages())
                      .containsExactly(new PeerMessage.Have(7), new PeerMessage.Unchoke()));
      RecordingListener one = new RecordingListener();
      ends.ofOne().start(one);
      ends.ofTwo().close("enough");
      await().untilAsserted(() -> assertThat(one.closedFor()).isPresent());
      assertThat(heard.closedFor()).contains("enough");
    }
  }
}
