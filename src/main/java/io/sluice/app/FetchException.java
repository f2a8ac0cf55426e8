package io.sluice.app;

import java.io.IOException;

/** Something could not be fetched; the message is one line for who asked. No stack trace. */
final class FetchException extends IOException {

  /** Whose fault it is. */
  enum Kind {
    /** What was asked for, or what came of it, is not to be fetched. */
    REFUSED(400),
    /** The server did not answer, or not with success. */
    FAILED(502),
    /** It took too long. */
    LATE(504);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    /** The HTTP status for who asked us. */
    int status() {
      return status;
    }
  }

  private final Kind kind;

  FetchException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
