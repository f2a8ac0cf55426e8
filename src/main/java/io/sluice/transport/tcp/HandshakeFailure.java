package io.sluice.transport.tcp;

/** Why two sides did not shake hands; mostly a stranger's doing, so it carries no stack trace. */
final class HandshakeFailure extends Exception {

  enum Kind {
    /** The peer closed the connection, or it broke. */
    CLOSED,
    /** The peer broke a protocol, or wants what we do not. */
    BROKEN,
    /** The peer did not begin a key exchange when we did: it may speak in the open. */
    NOT_ENCRYPTED,
    /** Time ran out. */
    OVERDUE,
    /** The peer is ourselves. */
    OURSELVES
  }

  private final Kind kind;

  HandshakeFailure(Kind kind, String reason) {
    super(reason, null, false, false);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
