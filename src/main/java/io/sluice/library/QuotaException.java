package io.sluice.library;

/** A torrent is to be kept and does not fit; the message says how much there is. No stack trace. */
public final class QuotaException extends RuntimeException {

  QuotaException(String message) {
    super(message, null, false, false);
  }
}
