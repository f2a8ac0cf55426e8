package io.sluice.transport.webrtc;

/** WebRTC does not work on this machine; the message says what is missing and what mends it. */
public final class WebrtcUnavailableException extends Exception {

  public WebrtcUnavailableException(String message) {
    super(message);
  }

  public WebrtcUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
