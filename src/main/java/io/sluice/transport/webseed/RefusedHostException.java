package io.sluice.transport.webseed;

/** A host has no address that may be contacted; the message says why, in a few words. */
public final class RefusedHostException extends Exception {

  private static final long serialVersionUID = 1L;

  public RefusedHostException(String reason) {
    super(reason);
  }
}
