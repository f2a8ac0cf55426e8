package io.sluice.library;

/** The library holds as many torrents as it may; the message says how many. No stack trace. */
public final class LibraryFullException extends RuntimeException {

  public LibraryFullException(int limit) {
    super(
        "this gateway already has %d torrents, which is its limit: remove one first"
            .formatted(limit),
        null,
        false,
        false);
  }
}
