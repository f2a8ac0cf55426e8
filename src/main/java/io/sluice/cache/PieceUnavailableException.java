package io.sluice.cache;

/** A piece will not come; the message says why, for the person who waits. No stack trace. */
public final class PieceUnavailableException extends RuntimeException {

  public PieceUnavailableException(String message) {
    super(message, null, false, false);
  }
}
