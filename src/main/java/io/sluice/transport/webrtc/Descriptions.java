package io.sluice.transport.webrtc;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import java.util.function.Consumer;

/**
 * The library's calls about session descriptions with plain functions for callbacks, which it makes
 * on a native thread.
 */
final class Descriptions {

  private Descriptions() {}

  static void createOffer(
      RTCPeerConnection connection, Consumer<RTCSessionDescription> made, Consumer<String> failed) {
    connection.createOffer(new RTCOfferOptions(), creation(made, failed));
  }

  static void createAnswer(
      RTCPeerConnection connection, Consumer<RTCSessionDescription> made, Consumer<String> failed) {
    connection.createAnswer(new RTCAnswerOptions(), creation(made, failed));
  }

  static void setLocal(
      RTCPeerConnection connection,
      RTCSessionDescription description,
      Runnable set,
      Consumer<String> failed) {
    connection.setLocalDescription(description, setting(set, failed));
  }

  static void setRemote(
      RTCPeerConnection connection,
      RTCSdpType type,
      String sdp,
      Runnable set,
      Consumer<String> failed) {
    connection.setRemoteDescription(new RTCSessionDescription(type, sdp), setting(set, failed));
  }

  private static CreateSessionDescriptionObserver creation(
      Consumer<RTCSessionDescription> made, Consumer<String> failed) {
    return new CreateSessionDescriptionObserver() {
      @Override
      public void onSuccess(RTCSessionDescription description) {
        NativeBorder.guard(() -> made.accept(description));
      }

      @Override
      public void onFailure(String error) {
        NativeBorder.guard(() -> failed.accept(error));
      }
    };
  }

  private static SetSessionDescriptionObserver setting(Runnable set, Consumer<String> failed) {
    return new SetSessionDescriptionObserver() {
      @Override
      public void onSuccess() {
        NativeBorder.guard(set);
      }

      @Override
      public void onFailure(String error) {
        NativeBorder.guard(() -> failed.accept(error));
      }
    };
  }
}
