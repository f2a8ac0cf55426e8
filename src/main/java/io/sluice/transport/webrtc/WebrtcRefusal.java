package io.sluice.transport.webrtc;

/**
 * An offer or answer that leads nowhere: not well-formed, or one too many.
 *
 * <p>Mostly a stranger's doing, so it carries no stack trace.
 */
public final class WebrtcRefusal extends RuntimeException {

  public WebrtcRefusal(String message) {
    super(message, null, false, false);
  }
}
