package io.sluice.wire;

/**
 * The one exception of every decoder: these bytes are not what the protocol allows.
 *
 * <p>It is a stranger's mistake and not ours, so it carries no stack trace: a flood of bad packets
 * costs no more than the messages themselves.
 */
public final class WireException extends RuntimeException {

  public WireException(String message) {
    super(message, null, false, false);
  }
}
