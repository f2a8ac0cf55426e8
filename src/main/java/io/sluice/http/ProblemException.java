package io.sluice.http;

/**
 * A request that is answered with a problem (RFC 9457) instead of what it asked for. No stack
 * trace: it is the caller's doing.
 */
public final class ProblemException extends RuntimeException {

  private final int status;

  /**
   * @param status an HTTP status of 400 or more
   * @param detail one line for the person who asked
   */
  public ProblemException(int status, String detail) {
    super(detail, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
