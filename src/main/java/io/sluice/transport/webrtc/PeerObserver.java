package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import org.jspecify.annotations.Nullable;

/** The border to the native callbacks of a peer connection; see {@link NativeBorder}. */
final class PeerObserver implements PeerConnectionObserver {

  /** What a peer connection says, on a native thread: return at once. */
  interface Target {
    void connectionChanged(RTCPeerConnectionState state);

    void gathered();

    /** A channel that the peer opened; ours to dispose of. */
    void channelOpened(RTCDataChannel channel);
  }

  private volatile @Nullable Target target;

  PeerObserver(Target target) {
    this.target = target;
  }

  void detach() {
    target = null;
  }

  @Override
  public void onIceCandidate(RTCIceCandidate candidate) {
    // All candidates are in the description by the time it goes out.
  }

  @Override
  public void onIceGatheringChange(RTCIceGatheringState state) {
    Target hears = target;
    if (hears != null && state == RTCIceGatheringState.COMPLETE) {
      NativeBorder.guard(hears::gathered);
    }
  }

  @Override
  public void onConnectionChange(RTCPeerConnectionState state) {
    Target hears = target;
    if (hears != null) {
      NativeBorder.guard(() -> hears.connectionChanged(state));
    }
  }

  @Override
  public void onDataChannel(RTCDataChannel channel) {
    Target hears = target;
    if (hears != null) {
      NativeBorder.guard(() -> hears.channelOpened(channel));
    }
  }
}
