package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import io.sluice.wire.Handshake;
import io.sluice.wire.HandshakeCodec;
import io.sluice.wire.InfoHash;
import io.sluice.wire.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A peer that keeps no rules: the bare library, for what a decent transport would never send. */
final class RawPeer implements AutoCloseable, PeerConnectionObserver, RTCDataChannelObserver {

  static final PeerId ID = PeerId.random(new Random(99));

  private final HeadlessAudioDeviceModule audio = new HeadlessAudioDeviceModule();
  private final PeerConnectionFactory factory = new PeerConnectionFactory(audio);
  private final RTCPeerConnection peer = factory.createPeerConnection(new RTCConfiguration(), this);
  private final CompletableFuture<Void> gathered = new CompletableFuture<>();
  private final CompletableFuture<RTCDataChannel> channel = new CompletableFuture<>();

  /** Every message that came, whole. */
  final List<byte[]> heard = new CopyOnWriteArrayList<>();

  /** Answers an offer. */
  String answer(String offerSdp) throws Exception {
    set(RTCSdpType.OFFER, offerSdp);
    CompletableFuture<RTCSessionDescription> made = new CompletableFuture<>();
    Descriptions.createAnswer(peer, made::complete, RawPeer::fail);
    return gather(made.get(10, TimeUnit.SECONDS));
  }

  /** Makes an offer. */
  String offer() throws Exception {
    RTCDataChannel own = open("raw");
    own.registerObserver(this);
    channel.complete(own);
    CompletableFuture<RTCSessionDescription> made = new CompletableFuture<>();
    Descriptions.createOffer(peer, made::complete, RawPeer::fail);
    return gather(made.get(10, TimeUnit.SECONDS));
  }

  void answered(String answerSdp) throws Exception {
    set(RTCSdpType.ANSWER, answerSdp);
  }

  RTCDataChannel open(String label) {
    return peer.createDataChannel(label, new RTCDataChannelInit());
  }

  /** Waits for the channel to open and shakes hands properly. */
  void shakeHands() throws Exception {
    send(handshake(WebrtcPair.TORRENT, ID));
  }

  static byte[] handshake(InfoHash torrent, PeerId self) {
    byte[] bytes = new byte[Handshake.BYTES];
    HandshakeCodec.encode(new Handshake(torrent, self, true, true, false)).get(bytes);
    return bytes;
  }

  void send(byte[] bytes) throws Exception {
    opened().send(new RTCDataChannelBuffer(ByteBuffer.wrap(bytes), true));
  }

  void sendText(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    opened().send(new RTCDataChannelBuffer(ByteBuffer.wrap(bytes), false));
  }

  RTCDataChannelState state() throws Exception {
    return channel.get(10, TimeUnit.SECONDS).getState();
  }

  long buffered() throws Exception {
    return opened().getBufferedAmount();
  }

  private RTCDataChannel opened() throws Exception {
    RTCDataChannel open = channel.get(10, TimeUnit.SECONDS);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (open.getState() == RTCDataChannelState.CONNECTING && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    return open;
  }

  private void set(RTCSdpType type, String sdp) throws Exception {
    CompletableFuture<Boolean> set = new CompletableFuture<>();
    Descriptions.setRemote(peer, type, sdp, () -> set.complete(true), RawPeer::fail);
    set.get(10, TimeUnit.SECONDS);
  }

  private String gather(RTCSessionDescription made) throws Exception {
    CompletableFuture<Boolean> set = new CompletableFuture<>();
    Descriptions.setLocal(peer, made, () -> set.complete(true), RawPeer::fail);
    set.get(10, TimeUnit.SECONDS);
    gathered.get(10, TimeUnit.SECONDS);
    return peer.getLocalDescription().sdp;
  }

  private static void fail(String error) {
    throw new AssertionError(error);
  }

  @Override
  public void onIceCandidate(RTCIceCandidate candidate) {}

  @Override
  public void onIceGatheringChange(RTCIceGatheringState state) {
    if (state == RTCIceGatheringState.COMPLETE) {
      gathered.complete(null);
    }
  }

  @Override
  public void onDataChannel(RTCDataChannel theirs) {
    theirs.registerObserver(this);
    channel.complete(theirs);
  }

  @Override
  public void onBufferedAmountChange(long sentBytes) {}

  @Override
  public void onStateChange() {}

  @Override
  public void onMessage(RTCDataChannelBuffer message) {
    byte[] bytes = new byte[message.data.remaining()];
    message.data.get(bytes);
    heard.add(bytes);
  }

  @Override
  public void close() {
    var _ = NativeRelease.close(peer);
    if (channel.isDone()) {
      channel.join().unregisterObserver();
      channel.join().dispose();
    }
    factory.dispose();
    audio.dispose();
  }
}
