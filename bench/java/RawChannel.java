import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The sending end of a bare data channel by the library that the gateway uses; the other end is {@code
 * src/test/peers/raw-channel.mjs --answer}, and signals go by lines of JSON as there.
 *
 * <p>Argument: how many bytes to send.
 */
final class RawChannel {

  /** As in the other end's script. */
  private static final int MESSAGE_BYTES = 16384;

  private static final int MOST_HELD_BYTES = 1 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    long bytes = (long) Double.parseDouble(args[0]);
    CountDownLatch gathered = new CountDownLatch(1);
    PeerConnectionFactory factory = new PeerConnectionFactory(new HeadlessAudioDeviceModule());
    RTCPeerConnection connection =
        factory.createPeerConnection(new RTCConfiguration(), new Observer(gathered));
    RTCDataChannel channel = connection.createDataChannel("x", new RTCDataChannelInit());
    CountDownLatch set = new CountDownLatch(1);
    connection.createOffer(new RTCOfferOptions(), new Made(connection, set));
    set.await();
    gathered.await();
    say("ready", true);
    say("signal", Map.of("type", "offer", "sdp", connection.getLocalDescription().sdp));
    Thread.ofPlatform().daemon().start(() -> listen(connection));
    while (channel.getState() != RTCDataChannelState.OPEN) {
      Thread.sleep(5);
    }
    ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    for (long sent = 0; sent < bytes; sent += MESSAGE_BYTES) {
      while (channel.getBufferedAmount() >= MOST_HELD_BYTES) {
        Thread.sleep(0, 500_000);
      }
      channel.send(new RTCDataChannelBuffer(message, true));
    }
    Thread.sleep(600_000);
  }

  private static void listen(RTCPeerConnection connection) {
    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
        .lines()
        .forEach(line -> heard(connection, line));
    System.exit(0);
  }

  private static void heard(RTCPeerConnection connection, String line) {
    try {
      JsonNode signal = JSON.readTree(line).path("signal");
      if (signal.has("sdp")) {
        connection.setRemoteDescription(
            new RTCSessionDescription(RTCSdpType.ANSWER, signal.path("sdp").asText()), new Ok());
      } else if (!signal.path("candidate").path("candidate").asText().isEmpty()) {
        JsonNode candidate = signal.path("candidate");
        connection.addIceCandidate(
            new RTCIceCandidate(
                candidate.path("sdpMid").asText("0"), 0, candidate.path("candidate").asText()));
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static synchronized void say(String name, Object value) throws Exception {
    System.out.println(JSON.writeValueAsString(Map.of(name, value)));
  }

  private record Observer(CountDownLatch gathered) implements PeerConnectionObserver {
    @Override
    public void onIceCandidate(RTCIceCandidate candidate) {}

    @Override
    public void onIceGatheringChange(RTCIceGatheringState state) {
      if (state == RTCIceGatheringState.COMPLETE) {
        gathered.countDown();
      }
    }
  }

  private record Made(RTCPeerConnection connection, CountDownLatch set)
      implements CreateSessionDescriptionObserver {
    @Override
    public void onSuccess(RTCSessionDescription description) {
      connection.setLocalDescription(
          description,
          new Ok() {
            @Override
            public void onSuccess() {
              set.countDown();
            }
          });
    }

    @Override
    public void onFailure(String error) {
      throw new IllegalStateException(error);
    }
  }

  private static class Ok implements SetSessionDescriptionObserver {
    @Override
    public void onSuccess() {}

    @Override
    public void onFailure(String error) {
      throw new IllegalStateException(error);
    }
  }
}
