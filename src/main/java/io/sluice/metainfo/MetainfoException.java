package io.sluice.metainfo;

/**
 * A torrent or magnet that cannot be used, with a message for the person who supplied it.
 *
 * <p>No stack trace: it is their input and not our fault.
 */
public final class MetainfoException extends RuntimeException {

  public MetainfoException(String message) {
    super(message, null, false, false);
  }
}
